<%@ page contentType="text/plain; charset=UTF-8" session="false" trimDirectiveWhitespaces="true" %>
<%--
  Work for the processor and little else: counts the primes below `limit` by a sieve (2 to 1000000, default 20000).
--%>
<%!
  private static int number(String text, int standard, int least, int most) {
    try {
      return text == null ? standard : Math.max(least, Math.min(most, Integer.parseInt(text)));
    } catch (NumberFormatException notANumber) {
      return standard;
    }
  }

  private static int primesBelow(int limit) {
    boolean[] composite = new boolean[limit];
    int primes = 0;
    for (int candidate = 2; candidate < limit; candidate++) {
      if (composite[candidate]) continue;
      primes++;
      for (long multiple = (long) candidate * candidate; multiple < limit; multiple += candidate) {
        composite[(int) multiple] = true;
      }
    }
    return primes;
  }
%>
<%
  int limit = number(request.getParameter("limit"), 20_000, 2, 1_000_000);
  out.println("limit=" + limit);
  out.println("primes=" + primesBelow(limit));
%>
