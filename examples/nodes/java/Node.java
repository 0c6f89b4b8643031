import java.io.*;
import java.net.*;
import java.nio.*;
import java.nio.channels.*;
import java.nio.file.*;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.*;
import java.util.zip.CRC32;

/** A snowglobe node with Java's standard library alone (JDK 17); what it speaks is in generators/PROTOCOL.md. */
public class Node {
    /**
     * Yours to replace. This one is a Snowflake: 41 bits of milliseconds since 2024, 10 of worker ID, 12 of sequence, whose
     * highest 2 are the lane. It forgets its time when it ends: after a restart a clock that is behind repeats IDs.
     */
    static class Generator {
        long lane, lastMs, next;

        /** Makes one ID, or throws IllegalStateException with a word. A lane has one call open at a time; lanes run side by side. */
        long mint() throws InterruptedException {
            long now = System.currentTimeMillis();
            for (int i = 0; now == lastMs && next == 1024 && i < 100; i++) { // all of this millisecond are taken
                Thread.sleep(0, 100_000);
                now = System.currentTimeMillis();
            }
            if (now < lastMs || now == lastMs && next == 1024) throw new IllegalStateException("clock behind");
            if (now > lastMs) next = 0;
            lastMs = now;
            return now - 1704067200000L << 22 | workerId << 12 | lane << 10 | next++;
        }
    }

    /** IDs, 8 bytes each, and the sequence number of the first. */
    record Batch(long first, ByteBuffer ids, int count) {}

    /** Mints one batch at a time and has it in its tap before anybody is answered. */
    static class Lane {
        final Generator generator = new Generator();
        final FileChannel ids, batches;
        volatile long committed;

        Lane(int index) throws IOException {
            generator.lane = index;
            ids = create(node + "-" + incarnation + "-" + index + "-0.ids");
            batches = create(node + "-" + incarnation + "-" + index + "-0.batches");
        }

        synchronized Batch batch(int asked) throws InterruptedException {
            ByteBuffer minted = littleEndian(8 * asked), record = littleEndian(96);
            long called = System.nanoTime(), wallCalled = System.currentTimeMillis(); // CLOCK_MONOTONIC, on Linux
            try {
                while (minted.hasRemaining()) minted.putLong(generator.mint());
            } catch (IllegalStateException refusal) {
                if (minted.position() == 0) throw refusal; // a call that left nothing has no record
            }
            long wallReturned = System.currentTimeMillis(), returned = System.nanoTime();
            Batch batch = new Batch(committed, minted.flip(), minted.limit() / 8);
            record.putInt(0x31424753).putInt(0).putLong(batch.first).putInt(batch.count).putInt(0);
            record.putLong(called).putLong(returned).putLong(wallCalled * 1_000_000).putLong(wallReturned * 1_000_000);
            record.putInt((int) workerId).position(96).flip();
            CRC32 checksum = new CRC32();
            checksum.update(record.array(), 8, 88);
            record.putInt(4, (int) checksum.getValue());
            try {
                for (ByteBuffer bytes = minted.duplicate(); bytes.hasRemaining();) ids.write(bytes);
                while (record.hasRemaining()) batches.write(record);
            } catch (IOException error) {
                end(1, error); // who cannot tap ends, and answers nobody
            }
            committed += batch.count;
            return batch;
        }
    }

    static final String node = System.getenv("SNOWGLOBE_NODE"), taps = System.getenv("SNOWGLOBE_TAPS");
    static final Lane[] lanes = new Lane[4];
    static final AtomicInteger requests = new AtomicInteger();
    static long workerId, incarnation;

    public static void main(String[] args) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0))); // SIGTERM and SIGINT
        try {
            workerId = Long.parseLong(System.getenv("SNOWGLOBE_INDEX"));
            if (node == null || workerId > 1023 || !Files.isDirectory(Path.of(taps)) || System.getenv("SNOWGLOBE_SELF_LOAD") != null)
                throw new IOException("no SNOWGLOBE_NODE, no folder SNOWGLOBE_TAPS, or SNOWGLOBE_SELF_LOAD");
            while (!claimed(++incarnation));
            for (int i = 0; i < lanes.length; i++) lanes[i] = new Lane(i);
            for (String address : System.getenv("SNOWGLOBE_LISTEN").split(",")) listen(address);
        } catch (FileSystemException error) {
            end(1, error);
        } catch (Exception error) {
            end(2, "wrong configuration: " + error);
        }
    }

    /** Lives are counted by files: this one is the first that nobody has. */
    static boolean claimed(long life) throws IOException {
        try (FileChannel file = create(node + "-" + life + ".life")) {
            return file.isOpen();
        } catch (FileAlreadyExistsException taken) {
            return false;
        }
    }

    static FileChannel create(String name) throws IOException {
        return FileChannel.open(Path.of(taps, name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    static void listen(String address) throws IOException {
        String[] parts = address.split(":"); // tcp:HOST:PORT or unix:PATH
        boolean isUnix = parts[0].equals("unix");
        if (isUnix) Files.deleteIfExists(Path.of(parts[1])); // a life that was killed left it
        var server = ServerSocketChannel.open(isUnix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET);
        server.bind(isUnix ? UnixDomainSocketAddress.of(parts[1]) : new InetSocketAddress(parts[1], Integer.parseInt(parts[2])), 512);
        new Thread(() -> {
            try {
                while (true) converse(server.accept());
            } catch (IOException error) {
                end(1, error);
            }
        }).start();
    }

    /** Answers one request after the other, for as long as the client stays. */
    static void converse(SocketChannel client) {
        new Thread(() -> {
            try (client; var in = new BufferedReader(new InputStreamReader(Channels.newInputStream(client)))) {
                for (String request; (request = in.readLine()) != null;) {
                    boolean raw = false;
                    for (String header; (header = in.readLine()) != null && !header.isEmpty();)
                        raw |= header.equalsIgnoreCase("accept: application/octet-stream");
                    for (ByteBuffer answer = answer(request.split(" "), raw); answer.hasRemaining();) client.write(answer);
                }
            } catch (IOException | InterruptedException gone) {
                // Nobody is there to be answered.
            }
        }).start();
    }

    static ByteBuffer answer(String[] request, boolean raw) throws InterruptedException {
        String path = request[1];
        if (!request[0].equals("GET")) return answer("405 Method Not Allowed", "");
        if (path.equals("/health")) return answer("200 OK", health());
        if (!path.matches("/ids(\\?count=([1-9]\\d{0,4}|100000))?"))
            return answer(path.startsWith("/ids?") ? "400 Bad Request" : "404 Not Found", "");
        int lane = Math.floorMod(requests.getAndIncrement(), lanes.length);
        try {
            Batch batch = lanes[lane].batch(path.equals("/ids") ? 1 : Integer.parseInt(path.substring("/ids?count=".length())));
            String seq = "200 OK\r\nsnowglobe-seq: " + incarnation + "/" + lane + "/" + batch.first + "/" + batch.count;
            if (raw) return answer(seq, batch.ids);
            LongBuffer ids = batch.ids.asLongBuffer();
            return answer(seq, IntStream.range(0, batch.count).mapToObj(i -> Long.toUnsignedString(ids.get(i)))
                .collect(Collectors.joining("\",\"", "{\"ids\":[\"", "\"]}")));
        } catch (IllegalStateException refusal) {
            return answer("503 Service Unavailable", "{\"refused\":\"" + refusal.getMessage() + "\"}");
        }
    }

    static String health() {
        String minted = Stream.of(lanes).map(lane -> "\"" + lane.committed + "\"").collect(Collectors.joining(","));
        return String.format("{\"protocol\":1,\"status\":\"minting\",\"incarnation\":%d,\"workerId\":%d,\"wallMs\":%d,"
            + "\"monotonicNs\":\"%d\",\"minted\":[%s]}", incarnation, workerId, System.currentTimeMillis(), System.nanoTime(), minted);
    }

    static ByteBuffer answer(String head, String body) { return answer(head, ByteBuffer.wrap(body.getBytes())); }

    static ByteBuffer answer(String head, ByteBuffer body) {
        byte[] lines = ("HTTP/1.1 " + head + "\r\nContent-Length: " + body.remaining() + "\r\n\r\n").getBytes();
        return ByteBuffer.allocate(lines.length + body.remaining()).put(lines).put(body).flip();
    }

    static ByteBuffer littleEndian(int bytes) { return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN); }

    static void end(int code, Object why) {
        System.err.println(why);
        Runtime.getRuntime().halt(code);
    }
}
