import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Answers as Spring Boot's actuator does, without the framework. Its only option is --server.port=PORT. */
public final class App {
    public static void main(String[] args) throws IOException {
        long begun = System.nanoTime();
        HttpServer server = HttpServer.create(new InetSocketAddress(portOf(args)), 0);
        server.createContext("/actuator/health", exchange -> {
            byte[] body = "{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(0)));
        server.start();
        System.out.printf("Started App in %.3f seconds%n", (System.nanoTime() - begun) / 1e9);
    }

    private static int portOf(String[] args) {
        for (String arg : args) {
            if (arg.startsWith("--server.port=")) return Integer.parseInt(arg.substring("--server.port=".length()));
        }
        return 8080;
    }
}
