<%@ page contentType="text/plain; charset=UTF-8" session="false" trimDirectiveWhitespaces="true" %>
<%@ page import="java.lang.management.GarbageCollectorMXBean" %>
<%@ page import="java.lang.management.ManagementFactory" %>
<%@ page import="java.nio.file.Files" %>
<%@ page import="java.nio.file.Path" %>
<%@ page import="java.util.stream.Collectors" %>
<%--
  What the JVM sees of its box, one key=value a line. The fairness check compares these lines between platforms.
--%>
<%!
  private static long memTotalBytes() throws java.io.IOException {
    for (String line : Files.readAllLines(Path.of("/proc/meminfo"))) {
      if (line.startsWith("MemTotal:")) return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
    }
    throw new java.io.IOException("no MemTotal in /proc/meminfo");
  }
%>
<%
  out.println("javaVersion=" + System.getProperty("java.version"));
  out.println("kernel=" + System.getProperty("os.version"));
  out.println("availableProcessors=" + Runtime.getRuntime().availableProcessors());
  out.println("maxMemoryBytes=" + Runtime.getRuntime().maxMemory());
  out.println("memTotalBytes=" + memTotalBytes());
  out.println("gc=" + ManagementFactory.getGarbageCollectorMXBeans().stream()
      .map(GarbageCollectorMXBean::getName).collect(Collectors.joining(", ")));
  out.println("jvmArguments=" + String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
  out.println("user=" + System.getProperty("user.name"));
%>
