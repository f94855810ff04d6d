package trapline.report;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import trapline.model.RunSummary;

/// The last lines of a run: how it ended, how many calls it made from how many places, which
/// failed, and which came most often.
public final class SummaryReport {
  /// How many kinds of failures, and how many call sites, are named.
  private static final int NAMED = 6;

  private SummaryReport() {}

  public static String render(RunSummary run, Style style) {
    Page page = new Page(style);
    Phrase text = new Phrase().words(end(run), Tone.STRONG);
    text.glue(":").words(count(run.calls(), "call"), Tone.PLAIN);
    long own = run.calls() - run.startup();
    if (run.startup() > 0) {
      text.glue(",")
          .words(Numbers.count(run.startup()) + " of them before its own code;", Tone.PLAIN);
      text.words(Numbers.count(own) + " from", Tone.PLAIN);
    } else if (own > 0) {
      text.word("from");
    }
    if (own > 0) {
      text.words(count(run.sites().size(), "call site"), Tone.PLAIN);
    }
    failures(page, run, own, text);
    if (run.lost() > 0) {
      text.glue(";").words(count(run.lost(), "event") + " lost: calls are missing", Tone.STRONG);
    }
    page.paragraph(0, 2, text);
    mostOften(page, run);
    return page.toString();
  }

  private static String end(RunSummary run) {
    return run.program()
        + (run.signal().isEmpty()
            ? " exited with status " + run.status()
            : " was ended by " + run.signal());
  }

  private static String count(long number, String what) {
    return Numbers.count(number) + " " + what + (number == 1 ? "" : "s");
  }

  private static void failures(Page page, RunSummary run, long own, Phrase text) {
    if (run.followed() == 0) {
      return;
    }
    long failed = run.failures().values().stream().mapToLong(Long::longValue).sum();
    String many = failed == 0 ? "none" : Numbers.count(failed);
    // Of a call that comes again from the same place only the first is followed.
    text.glue(";")
        .words(
            run.followed() == own
                ? many + " failed"
                : many + " of the " + Numbers.count(run.followed()) + " followed failed",
            Tone.PLAIN);
    if (failed > 0) {
      text.glue(":");
    }
    listed(
        page,
        text,
        run.failures().entrySet().stream()
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .toList(),
        (phrase, each) -> {
          phrase.words(each.getKey(), Tone.PLAIN);
          if (each.getValue() > 1) {
            phrase.word(times(page, each.getValue()), Tone.FAINT);
          }
        });
  }

  /// A loop that the compiler unrolled makes its calls from several sites of one line.
  private static void mostOften(Page page, RunSummary run) {
    Map<String, Long> lines = new LinkedHashMap<>();
    Map<String, String> calls = new HashMap<>();
    for (RunSummary.Site site : run.sites()) {
      String where =
          site.user() == null ? "" : page.fitted(Names.where(site.user()), page.style.width() / 3);
      String line = site.call() + " " + where;
      lines.merge(line, site.times(), Long::sum);
      calls.put(line, site.call());
    }
    List<Map.Entry<String, Long>> again =
        lines.entrySet().stream()
            .filter(line -> line.getValue() > 1)
            .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
            .toList();
    if (again.isEmpty()) {
      return;
    }
    Phrase text = Phrase.of("most often:");
    listed(
        page,
        text,
        again,
        (phrase, line) -> {
          String call = calls.getOrDefault(line.getKey(), "");
          phrase.word(call).word(times(page, line.getValue()), Tone.FAINT);
          phrase.word(line.getKey().substring(call.length() + 1), Tone.FAINT);
        });
    page.paragraph(0, 2, text);
  }

  private static String times(Page page, long times) {
    return (page.style.unicode() ? "×" : "x") + Numbers.count(times);
  }

  private static <T> void listed(
      Page page, Phrase text, List<T> all, BiConsumer<Phrase, T> writer) {
    for (int i = 0; i < Math.min(NAMED, all.size()); i++) {
      if (i > 0) {
        text.glue(",");
      }
      writer.accept(text, all.get(i));
    }
    if (all.size() > NAMED) {
      text.glue(",").words(page.glyphs.dots + " " + (all.size() - NAMED) + " more", Tone.FAINT);
    }
  }
}
