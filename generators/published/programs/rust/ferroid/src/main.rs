//! `ferroid` as a service over HTTP, by the standard library: ferroid HOST PORT WORKER.
//!
//! GET /ids?count=N: decimal IDs, one a line. `AtomicSnowflakeGenerator` on `MonotonicClock`, as its documentation
//! recommends for threads.
use std::io::{BufRead, BufReader, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use ferroid::generator::AtomicSnowflakeGenerator;
use ferroid::id::SnowflakeTwitterId;
use ferroid::time::{MonotonicClock, TWITTER_EPOCH};

type Ids = AtomicSnowflakeGenerator<SnowflakeTwitterId, MonotonicClock<1>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, host, port, worker] = arguments.as_slice() else {
        eprintln!("ferroid HOST PORT WORKER");
        std::process::exit(2);
    };
    let clock = MonotonicClock::<1>::with_epoch(TWITTER_EPOCH);
    let ids = Arc::new(Ids::new(worker.parse().expect("WORKER is a number"), clock));
    for stream in TcpListener::bind(format!("{host}:{port}"))?.incoming() {
        let (stream, ids) = (stream?, Arc::clone(&ids));
        thread::spawn(move || serve(&stream, &ids));
    }
    Ok(())
}

/// One connection, for as many requests as its client has.
fn serve(stream: &TcpStream, ids: &Ids) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut lines = BufReader::new(stream).lines();
    while let Some(first) = lines.next() {
        let first = first?;
        // Requests have no body: the empty line ends them.
        for line in lines.by_ref() {
            if line?.is_empty() {
                break;
            }
        }
        let (status, body) = match first.split(' ').nth(1) {
            Some("/health") => ("200 OK", "ok\n".to_string()),
            Some(path) if path.starts_with("/ids") => ("200 OK", mint(ids, count_of(path))),
            _ => ("404 Not Found", String::new()),
        };
        write!(&mut &*stream, "HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len())?;
    }
    Ok(())
}

fn count_of(path: &str) -> usize {
    path.split_once("count=").and_then(|(_, count)| count.parse().ok()).unwrap_or(1)
}

fn mint(ids: &Ids, count: usize) -> String {
    (0..count).map(|_| format!("{}\n", ids.next_id(|_| thread::yield_now()).to_raw())).collect()
}
