module go-snowflake

go 1.21

require github.com/bwmarrin/snowflake v0.3.0
