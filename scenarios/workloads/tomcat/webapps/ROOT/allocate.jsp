<%@ page contentType="text/plain; charset=UTF-8" session="false" trimDirectiveWhitespaces="true" %>
<%--
  Work for the allocator and the collector: allocates `kib` KiB in pieces of 4 KiB (1 to 65536, default 1024), keeps
  them until the end of the request and touches every page, so that the memory is really used.
--%>
<%!
  private static int number(String text, int standard, int least, int most) {
    try {
      return text == null ? standard : Math.max(least, Math.min(most, Integer.parseInt(text)));
    } catch (NumberFormatException notANumber) {
      return standard;
    }
  }
%>
<%
  int kib = number(request.getParameter("kib"), 1024, 1, 65_536);
  byte[][] pieces = new byte[(kib + 3) / 4][];
  long sum = 0;
  for (int i = 0; i < pieces.length; i++) {
    pieces[i] = new byte[4096];
    pieces[i][0] = (byte) i;
    sum += pieces[i][0];
  }
  out.println("allocatedKib=" + pieces.length * 4);
  out.println("sum=" + sum);
%>
