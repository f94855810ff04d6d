package trapline.report;

/// The characters that the report itself draws with. Each is one column wide.
enum Glyphs {
  UNICODE(
      '│', '┌', '├', '└', '═', '╪', '─', '┼', '╵', '▲', '▼', "◀", "→", "←", "…", "–", "·", "µs"),
  ASCII(
      '|', '+', '+', '+', '=', '#', '-', '+', '.', '^', 'v', "<-", "->", "<-", "...", "-", ";",
      "us");

  final char road;
  final char start;
  final char branch;
  final char end;
  final char heavy;
  final char heavyCross;
  final char light;
  final char lightCross;
  final char stop;
  final char up;
  final char down;
  final String here;
  final String to;
  final String from;
  final String dots;
  final String dash;
  final String dot;
  final String micro;

  /// Behind a fact of which more was shown with an earlier journey.
  final String above = "(above)";

  Glyphs(
      char road,
      char start,
      char branch,
      char end,
      char heavy,
      char heavyCross,
      char light,
      char lightCross,
      char stop,
      char up,
      char down,
      String here,
      String to,
      String from,
      String dots,
      String dash,
      String dot,
      String micro) {
    this.road = road;
    this.start = start;
    this.branch = branch;
    this.end = end;
    this.heavy = heavy;
    this.heavyCross = heavyCross;
    this.light = light;
    this.lightCross = lightCross;
    this.stop = stop;
    this.up = up;
    this.down = down;
    this.here = here;
    this.to = to;
    this.from = from;
    this.dots = dots;
    this.dash = dash;
    this.dot = dot;
    this.micro = micro;
  }

  static Glyphs of(Style style) {
    return style.unicode() ? UNICODE : ASCII;
  }
}
