module fleet.example/node

go 1.22
