//! `rs-snowflake` as a Maelstrom node of the workload unique-ids: rs-snowflake real-time|bucket WORKER.
//!
//! The two ways are the two of its documentation: `SnowflakeIdGenerator::real_time_generate` and `SnowflakeIdBucket::get_id`.
//! WORKER is 10 bits: machine ID and node ID, 5 each.
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use maelstrom::protocol::Message;
use maelstrom::{done, Node, Result, Runtime};
use serde_json::{Map, Value};
use snowflake::{SnowflakeIdBucket, SnowflakeIdGenerator};

type Mint = Box<dyn FnMut() -> i64 + Send>;

struct Ids(Mutex<Mint>);

#[async_trait]
impl Node for Ids {
    async fn process(&self, runtime: Runtime, request: Message) -> Result<()> {
        if request.get_type() != "generate" {
            return done(runtime, request);
        }
        let id = (self.0.lock().unwrap())();
        // As text: a number of JSON is read with 53 bits by many.
        let extra = Map::from_iter([("id".to_string(), Value::String(id.to_string()))]);
        let mut answer = request.body.clone().with_type("generate_ok");
        answer.extra = extra;
        runtime.reply(request, answer).await
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let worker: i32 = arguments[2].parse().expect("rs-snowflake real-time|bucket WORKER");
    let (machine_id, node_id) = (worker >> 5, worker & 31);
    let mint: Mint = match arguments[1].as_str() {
        "real-time" => {
            let mut ids = SnowflakeIdGenerator::new(machine_id, node_id);
            Box::new(move || ids.real_time_generate())
        }
        _ => {
            let mut ids = SnowflakeIdBucket::new(machine_id, node_id);
            Box::new(move || ids.get_id())
        }
    };
    let node = Arc::new(Ids(Mutex::new(mint)));
    Runtime::init(async { Runtime::new().with_handler(node).run().await })
}
