import com.sun.net.httpserver.*;
import java.io.*;
import java.net.*;
import java.nio.*;
import java.nio.file.*;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.*;
import java.util.zip.CRC32;

/** A snowglobe node with the JDK alone (17 or later); what it speaks is in generators/PROTOCOL.md. */
public class Node {
    // Yours to replace. This one is a Snowflake: 41 bits of milliseconds since 2024, 10 of worker ID, 12 of sequence, whose
    // highest 2 are the lane. It forgets its time when it ends: after a restart a clock that is behind repeats IDs.
    static class Generator {
        long lane, lastMs, next;

        /** Makes one ID, or throws IllegalStateException with a word. A lane has one call open at a time; lanes run side by side. */
        long mint() {
            long now = System.currentTimeMillis();
            for (int i = 0; i < 100 && now == lastMs && next == 1024; i++, now = System.currentTimeMillis())
                LockSupport.parkNanos(100_000); // all of this millisecond are taken
            if (now < lastMs || now == lastMs && next == 1024) throw new IllegalStateException("clock behind");
            if (now > lastMs) next = 0;
            lastMs = now;
            return now - 1704067200000L << 22 | workerId << 12 | lane << 10 | next++;
        }
    }

    /** IDs, 8 bytes each, and the sequence number of the first. */
    record Batch(long first, byte[] ids) {}

    /** Mints one batch at a time and has it in its tap before anybody is answered. */
    static class Lane extends Generator {
        final OutputStream ids, batches;
        volatile long committed;

        Lane(int index) throws IOException {
            lane = index;
            ids = create(node + "-" + incarnation + "-" + index + "-0.ids");
            batches = create(node + "-" + incarnation + "-" + index + "-0.batches");
        }

        synchronized Batch batch(int asked) {
            ByteBuffer minted = littleEndian(new byte[8 * asked]), record = littleEndian(new byte[96]);
            long called = System.nanoTime(), wallCalled = System.currentTimeMillis(); // CLOCK_MONOTONIC, on Linux
            try {
                while (minted.hasRemaining()) minted.putLong(mint());
            } catch (IllegalStateException refusal) {
                if (minted.position() == 0) throw refusal; // a call that left nothing has no record
            }
            long wallReturned = System.currentTimeMillis(), returned = System.nanoTime();
            Batch batch = new Batch(committed, Arrays.copyOf(minted.array(), minted.position()));
            record.putInt(0x31424753).putInt(0).putLong(batch.first).putInt(batch.ids.length / 8).putInt(0);
            record.putLong(called).putLong(returned).putLong(wallCalled * 1_000_000).putLong(wallReturned * 1_000_000).putInt((int) workerId);
            CRC32 checksum = new CRC32();
            checksum.update(record.array(), 8, 88);
            record.putInt(4, (int) checksum.getValue());
            try {
                ids.write(batch.ids);
                batches.write(record.array());
            } catch (IOException error) {
                end(1, error); // who cannot tap ends, and answers nobody
            }
            committed += batch.ids.length / 8;
            return batch;
        }
    }

    static final String node = System.getenv("SNOWGLOBE_NODE"), taps = System.getenv("SNOWGLOBE_TAPS");
    static final Lane[] lanes = new Lane[4];
    static final AtomicInteger requests = new AtomicInteger();
    static long workerId, incarnation;

    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0))); // SIGTERM and SIGINT
        System.setProperty("sun.net.httpserver.nodelay", "true"); // or answers wait for the client to acknowledge their heads
        System.setProperty("sun.net.httpserver.idleInterval", "600"); // seconds that a connection may be idle
        try {
            workerId = Long.parseLong(System.getenv("SNOWGLOBE_INDEX"));
            if (node == null || workerId > 1023 || !Files.isDirectory(Path.of(taps)) || System.getenv("SNOWGLOBE_SELF_LOAD") != null)
                throw new IOException("no SNOWGLOBE_NODE, no folder SNOWGLOBE_TAPS, or SNOWGLOBE_SELF_LOAD");
            for (OutputStream life = null; life == null;) {
                try {
                    life = create(node + "-" + ++incarnation + ".life");
                } catch (FileAlreadyExistsException taken) {} // that life is another's: this one is the first that nobody has
            }
            for (int i = 0; i < lanes.length; i++) lanes[i] = new Lane(i);
            for (String address : System.getenv("SNOWGLOBE_LISTEN").split(",")) {
                URI at = URI.create(address.replaceFirst(":", "://")); // of tcp:HOST:PORT; a socket file has no host
                HttpServer server = HttpServer.create(new InetSocketAddress(at.getHost(), at.getPort()), 512);
                server.setExecutor(Executors.newCachedThreadPool());
                server.createContext("/", Node::serve);
                server.start();
            }
        } catch (Exception error) {
            end(error instanceof FileSystemException ? 1 : 2, error); // 2: its configuration is wrong
        }
    }

    static OutputStream create(String name) throws IOException {
        return Files.newOutputStream(Path.of(taps, name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    static void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().toString();
        if (!exchange.getRequestMethod().equals("GET")) answer(exchange, 405, "GET only");
        else if (path.equals("/health")) answer(exchange, 200, health());
        else if (path.matches("/ids(\\?count=([1-9]\\d{0,4}|100000))?")) serveIds(exchange, path.replaceFirst("\\D*", ""));
        else answer(exchange, path.startsWith("/ids?") ? 400 : 404, "/ids?count=1 to 100000, or /health");
    }

    static void serveIds(HttpExchange exchange, String asked) throws IOException {
        int lane = Math.floorMod(requests.getAndIncrement(), lanes.length);
        try {
            Batch batch = lanes[lane].batch(asked.isEmpty() ? 1 : Integer.parseInt(asked));
            int count = batch.ids.length / 8;
            exchange.getResponseHeaders().set("snowglobe-seq", incarnation + "/" + lane + "/" + batch.first + "/" + count);
            LongBuffer ids = littleEndian(batch.ids).asLongBuffer();
            if ("application/octet-stream".equals(exchange.getRequestHeaders().getFirst("Accept"))) answer(exchange, 200, batch.ids);
            else answer(exchange, 200, IntStream.range(0, count).mapToObj(i -> Long.toUnsignedString(ids.get(i)))
                .collect(Collectors.joining("\",\"", "{\"ids\":[\"", "\"]}")));
        } catch (IllegalStateException refusal) {
            answer(exchange, 503, "{\"refused\":\"" + refusal.getMessage() + "\"}");
        }
    }

    static String health() {
        String minted = Stream.of(lanes).map(lane -> "\"" + lane.committed + "\"").collect(Collectors.joining(","));
        return String.format("{\"protocol\":1,\"status\":\"minting\",\"incarnation\":%d,\"workerId\":%d,\"wallMs\":%d,"
            + "\"monotonicNs\":\"%d\",\"minted\":[%s]}", incarnation, workerId, System.currentTimeMillis(), System.nanoTime(), minted);
    }

    static void answer(HttpExchange exchange, int status, String body) throws IOException { answer(exchange, status, body.getBytes()); }
    static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    static ByteBuffer littleEndian(byte[] bytes) { return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN); }

    static void end(int code, Object why) {
        System.err.println(why);
        Runtime.getRuntime().halt(code);
    }
}
