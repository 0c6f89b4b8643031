module example.com/snowglobe-node

go 1.22
