module fleet.example/programs

go 1.22

require (
	fleet.example/node v0.0.0
	github.com/bwmarrin/snowflake v0.3.0
	github.com/oklog/ulid/v2 v2.1.2
	github.com/segmentio/ksuid v1.0.4
	github.com/sony/sonyflake v1.3.0
	github.com/sony/sonyflake/v2 v2.2.0
)

replace fleet.example/node => ./node
