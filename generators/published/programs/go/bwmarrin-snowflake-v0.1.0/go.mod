module fleet.example/v0.1.0

go 1.22

require (
	fleet.example/node v0.0.0
	github.com/bwmarrin/snowflake v0.1.0
)

replace fleet.example/node => ../node
