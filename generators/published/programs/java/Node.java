import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;

/** Makes a function that returns IDs of 64 bits into a node of snowglobe: it speaks generators/PROTOCOL.md. */
final class Node {
  private static final int LANES = 8;
  private static final int QUEUE_MAX = 256;
  private static final long ROTATE_BYTES = 64L << 20;
  private static final int MAGIC = 0x31424753;
  private static final int IDS_HAVE_CRC = 8;

  private final Path taps = Path.of(System.getenv("SNOWGLOBE_TAPS"));
  private final String name = System.getenv("SNOWGLOBE_NODE");
  private final ArrayBlockingQueue<Lane> free = new ArrayBlockingQueue<>(LANES);
  private final List<Lane> all = new ArrayList<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final LongSupplier mint;
  private final int worker;
  private final int incarnation;

  private Node(int worker, LongSupplier mint) throws IOException {
    this.worker = worker;
    this.mint = mint;
    incarnation = claimLife();
    for (int number = 0; number < LANES; number++) {
      Lane lane = new Lane(number);
      all.add(lane);
      free.add(lane);
    }
  }

  /** Thrown by what mints when it may give no ID; its message is a short fixed word. */
  static final class Refusal extends RuntimeException {
    Refusal(String reason) {
      super(reason);
    }
  }

  /** The option workerId; left out, the node's place in its cluster. */
  static int worker() {
    String options = System.getenv().getOrDefault("SNOWGLOBE_OPTIONS", "");
    Matcher given = Pattern.compile("\"workerId\"\\s*:\\s*(\\d+)").matcher(options);
    return Integer.parseInt(given.find() ? given.group(1) : System.getenv("SNOWGLOBE_INDEX"));
  }

  /** Runs until SIGTERM; threads call `mint` side by side. */
  static void serve(int worker, LongSupplier mint) throws IOException {
    Node node = new Node(worker, mint);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> Runtime.getRuntime().halt(0)));
    // Bodies do not wait for the acknowledgement of their heads, and connections stay open for ten minutes.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.idleInterval", "600");
    for (String address : System.getenv("SNOWGLOBE_LISTEN").split(",")) {
      String[] parts = address.split(":"); // tcp:HOST:PORT
      HttpServer server = HttpServer.create(new InetSocketAddress(parts[1], Integer.parseInt(parts[2])), 512);
      server.setExecutor(Executors.newCachedThreadPool());
      server.createContext("/ids", node::ids);
      server.createContext("/health", node::health);
      server.createContext("/metrics", node::metrics);
      server.start();
    }
  }

  private void ids(HttpExchange exchange) throws IOException {
    Matcher asked = Pattern.compile("count=(\\d+)").matcher(String.valueOf(exchange.getRequestURI().getQuery()));
    int count = asked.find() ? Integer.parseInt(asked.group(1)) : 1;
    if (count < 1 || count > 100_000) {
      answer(exchange, 400, "{\"error\":\"count is a number from 1 to 100000\"}");
      return;
    }
    if (waiting.incrementAndGet() > QUEUE_MAX) {
      waiting.decrementAndGet();
      answer(exchange, 503, "{\"refused\":\"busy\"}");
      return;
    }
    Lane lane;
    try {
      lane = free.take();
    } catch (InterruptedException interrupted) {
      throw new IOException(interrupted);
    } finally {
      waiting.decrementAndGet();
    }
    Batch batch;
    try {
      batch = lane.call(count);
    } finally {
      free.add(lane);
    }
    if (batch.count == 0 && batch.failure instanceof Refusal) {
      answer(exchange, 503, "{\"refused\":\"" + batch.failure.getMessage() + "\"}");
      return;
    }
    if (batch.count == 0) {
      answer(exchange, 500, "{\"error\":\"" + batch.failure.getClass().getName() + "\"}");
      return;
    }
    exchange.getResponseHeaders().set("snowglobe-seq", incarnation + "/" + lane.number + "/" + batch.first + "/" + batch.count);
    if ("application/octet-stream".equals(exchange.getRequestHeaders().getFirst("Accept"))) {
      send(exchange, 200, "application/octet-stream", batch.ids);
      return;
    }
    ByteBuffer ids = ByteBuffer.wrap(batch.ids).order(ByteOrder.LITTLE_ENDIAN);
    String texts = IntStream.range(0, batch.count).mapToObj(at -> "\"" + Long.toUnsignedString(ids.getLong(at * 8)) + "\"")
        .collect(Collectors.joining(","));
    answer(exchange, 200, "{\"ids\":[" + texts + "]}");
  }

  private void health(HttpExchange exchange) throws IOException {
    long before = System.nanoTime();
    long wallMs = System.currentTimeMillis();
    String minted = all.stream().map(lane -> "\"" + lane.minted + "\"").collect(Collectors.joining(","));
    answer(exchange, 200, String.format(
        "{\"protocol\":1,\"status\":\"minting\",\"incarnation\":%d,\"workerId\":%d,\"monotonicBeforeNs\":\"%d\",\"wallMs\":%d,"
            + "\"monotonicNs\":\"%d\",\"minted\":[%s],\"pid\":%d}",
        incarnation, worker, before, wallMs, System.nanoTime(), minted, ProcessHandle.current().pid()));
  }

  private void metrics(HttpExchange exchange) throws IOException {
    long sum = all.stream().mapToLong(lane -> lane.minted).sum();
    String text = String.format("snowglobe_ids_minted_total{node=\"%s\",incarnation=\"%d\"} %d\n", name, incarnation, sum);
    send(exchange, 200, "text/plain", text.getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int status, String json) throws IOException {
    send(exchange, status, "application/json", json.getBytes(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
    exchange.getResponseHeaders().set("content-type", type);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private int claimLife() throws IOException {
    for (int number = 1;; number++) {
      try {
        Files.createFile(taps.resolve(name + "-" + number + ".life"));
        return number;
      } catch (FileAlreadyExistsException taken) {
        continue;
      }
    }
  }

  /** What a call left: IDs, 8 bytes each, or why there are none. */
  private record Batch(long first, int count, byte[] ids, RuntimeException failure) {}

  /** Has one call open at a time, and a pair of files. */
  private final class Lane {
    final int number;
    volatile long minted;
    private OutputStream ids;
    private OutputStream batches;
    private long written = ROTATE_BYTES;

    Lane(int number) {
      this.number = number;
    }

    Batch call(int count) {
      ByteBuffer buffer = ByteBuffer.allocate(count * 8).order(ByteOrder.LITTLE_ENDIAN);
      long first = minted;
      long called = System.nanoTime();
      long wallCalled = System.currentTimeMillis();
      RuntimeException failure = null;
      try {
        while (buffer.hasRemaining()) {
          buffer.putLong(mint.getAsLong());
        }
      } catch (RuntimeException thrown) {
        failure = thrown; // what was minted before counts
      }
      long wallReturned = System.currentTimeMillis();
      long returned = System.nanoTime();
      byte[] bytes = java.util.Arrays.copyOf(buffer.array(), buffer.position());
      int made = bytes.length / 8;
      if (made == 0) {
        return new Batch(first, 0, bytes, failure);
      }
      ByteBuffer record = ByteBuffer.allocate(96).order(ByteOrder.LITTLE_ENDIAN);
      record.putInt(0, MAGIC).putLong(8, first).putInt(16, made).putInt(20, IDS_HAVE_CRC);
      record.putLong(24, called).putLong(32, returned);
      record.putLong(40, wallCalled * 1_000_000).putLong(48, wallReturned * 1_000_000);
      record.putInt(56, worker).putInt(60, crc(bytes, 0, bytes.length));
      record.putInt(4, crc(record.array(), 8, 88));
      try {
        if (written >= ROTATE_BYTES) {
          open(first);
        }
        ids.write(bytes);
        batches.write(record.array()); // this commits the batch
      } catch (IOException lost) { // who cannot write its tap answers nobody
        System.err.println(lost);
        Runtime.getRuntime().halt(1);
      }
      written += bytes.length;
      minted = first + made;
      return new Batch(first, made, bytes, failure);
    }

    private void open(long first) throws IOException {
      String stem = name + "-" + incarnation + "-" + number + "-" + first;
      ids = Files.newOutputStream(taps.resolve(stem + ".ids"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      batches = Files.newOutputStream(taps.resolve(stem + ".batches"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      written = 0;
    }

    private static int crc(byte[] bytes, int from, int length) {
      CRC32 crc = new CRC32();
      crc.update(bytes, from, length);
      return (int) crc.getValue();
    }
  }
}
