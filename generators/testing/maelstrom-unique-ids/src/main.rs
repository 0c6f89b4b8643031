use async_trait::async_trait;
use maelstrom::protocol::Message;
use maelstrom::{done, Node, Result, Runtime};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;

fn main() -> Result<()> {
    Runtime::init(async { Runtime::new().with_handler(Arc::new(UniqueIds::default())).run().await })
}

/// IDs are the node's name and a counter of this life.
#[derive(Default)]
struct UniqueIds {
    next: AtomicU64,
}

#[async_trait]
impl Node for UniqueIds {
    async fn process(&self, runtime: Runtime, request: Message) -> Result<()> {
        if request.get_type() == "generate" {
            let id = format!("{}-{}", runtime.node_id(), self.next.fetch_add(1, Ordering::Relaxed));
            let mut reply = request.body.clone().with_type("generate_ok");
            reply.extra.insert("id".into(), serde_json::Value::String(id));
            return runtime.reply(request, reply).await;
        }
        done(runtime, request)
    }
}
