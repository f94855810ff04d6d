package trapline.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import trapline.bytes.Bytes;
import trapline.kernel.FunctionIndex;
import trapline.kernel.KernelFunction;
import trapline.kernel.KernelSource;
import trapline.model.ErrorOrigin.Candidate;

/// Where small functions say an error.
@Tag("unit")
class ErrnoPlacesTest {
  @Test
  void returnsIt() throws IOException {
    assertThat(
            places(
                "EINVAL",
                """
                int f(int a)
                {
                	/* return -EINVAL; */
                	pr_err("-EINVAL");
                	if (a == -EINVAL || a == PTR_ERR(-EINVAL))
                		return -EIO;
                	if (a)
                		return -EINVAL;
                	else if (a > 2) {
                		return (-EINVAL);
                	} else
                		return (long)ERR_PTR(-EINVAL);
                	switch (a) {
                	case -EINVAL:
                	case 2: return a ? -EINVAL : 0;
                	default:
                		return dev_err_probe(dev, -EINVAL, "x");
                	}
                	bar(-EINVAL);
                	foo.error = -EINVAL;
                	*err = -EINVAL;
                	WRITE_ONCE(sk->sk_err, EINVAL);
                	return 0;
                }
                """))
        .containsExactly(
            "8 returns it, if a",
            "10 returns it, if a > 2",
            "12 returns it, otherwise",
            "15 may return it, in case -EINVAL, 2",
            "17 passes it to dev_err_probe, and returns what that returns, by default",
            "19 passes it to bar",
            "20 stores it in foo.error",
            "21 stores it in *err",
            "22 stores it in sk->sk_err");
  }

  @Test
  void setsItAndLeaves() throws IOException {
    assertThat(
            places(
                "EINVAL",
                """
                int f(struct x *x)
                {
                	int a, err = -EINVAL, b = 3;
                	if (!x)
                		goto out;
                	if (x->a) {
                		err = -EIO;
                		goto out;
                	}
                	if (x->b)
                		return err;
                	err = g(x);
                	if (err)
                		goto out;
                	if (x->c)
                		err = -EINVAL;
                	else
                		return err;
                	if (x->d)
                		goto lost;
                out:
                	free(x);
                	return err;
                lost:
                	err = 0;
                	goto out;
                }
                """))
        .containsExactly(
            "3 sets it",
            "5 leaves with err as set on line 3, if !x",
            "11 returns err as set on line 3, if x->b",
            "16 sets it, and line 23 returns it, if x->c");
  }

  @Test
  void breaksOutOfLoopsAndSwitches() throws IOException {
    assertThat(
            places(
                "EINVAL",
                """
                int f(struct x *x)
                {
                	int err;
                	list_for_each_entry(a, &x->list, node) {
                		err = -EINVAL;
                		if (a->x)
                			break;
                		err = 0;
                	}
                	switch (x->kind) {
                	case 1:
                		err = -EINVAL;
                		break;
                	case 2:
                		err = 0;
                	}
                	return err;
                }
                """))
        .containsExactly(
            "5 sets it",
            "7 leaves with err as set on line 5, if a->x",
            "12 sets it, and line 17 returns it, in case 1");
  }

  @Test
  void handsItOverInOtherWays() throws IOException {
    assertThat(
            places(
                "ECONNREFUSED",
                """
                void f(struct sock *sk, int *res)
                {
                	int err = 0, e;
                	if (a)
                		err = ECONNREFUSED;
                	e = -ECONNREFUSED;
                	*res = e;
                	done(sk, err);
                }
                """))
        .containsExactly(
            "5 sets it, and line 8 forwards it, if a", "6 sets it, and line 7 stores it");
  }

  @Test
  void otherNamesOfAnError() throws IOException {
    String source =
        """
        int f(int a)
        {
        	if (a)
        		return -ERESTARTSYS;
        	return -EWOULDBLOCK;
        }
        """;
    assertThat(places("EINTR", source))
        .containsExactly("4 returns it as ERESTARTSYS, which becomes EINTR, if a");
    assertThat(places("ERESTARTSYS", source)).containsExactly("4 returns it, if a");
    assertThat(places("EAGAIN", source)).containsExactly("5 returns it as EWOULDBLOCK");
    assertThat(places("EWOULDBLOCK", source)).containsExactly("5 returns it");
  }

  @Test
  void helpersAndMacros() throws IOException {
    String source =
        """
        #define CHECK(x) do { \\
        	if (!(x)) \\
        		return -EINVAL; \\
        } while (0)
        static bool no(void) { return -EINVAL; }
        static int inner(int a) { return a ? -EINVAL : 0; }
        static int outer(int a)
        {
        	int ret = inner(a);

        	return ret;
        }
        static int far(int a) { return outer(a); }
        int f(int a)
        {
        	int err;

        	CHECK(a);
        	if (no())
        		return 1;
        	err = outer(a);
        	if (err)
        		return err;
        	return ops->far(a);
        }
        int g(int a) { return far(a); }
        int h(int a) { return unknown(a); }
        """;
    assertThat(places("EINVAL", source, "f", name -> true))
        .containsExactly(
            "18 through a macro [CHECK]",
            "3 CHECK returns it, if !(x) [CHECK]",
            "21 through a called helper [outer]",
            "9 outer through a called helper [inner]",
            "6 inner may return it [inner]");
    assertThat(places("EINVAL", source, "f", name -> !name.equals("outer"))).hasSize(2);
    assertThat(places("EINVAL", source, "g", name -> true))
        .as("two levels")
        .containsExactly("26 through a called helper [far]");
    assertThat(places("EINVAL", source, "h", name -> true))
        .containsExactly("27 through a called helper [unknown]");
    assertThat(places("EINVAL", source, "h", name -> false)).isEmpty();
  }

  @Test
  void preprocessorBranches() throws IOException {
    assertThat(
            places(
                "EINVAL",
                """
                int f(int a)
                {
                #if 0
                	return -EINVAL; don't }
                # if 1
                # else
                # endif
                #else
                	return -EINVAL;
                #endif
                #ifdef A
                	if (a) {
                #else
                	if (!a) {
                #endif
                		return -EINVAL;
                	}
                }
                int g(void) { return -EINVAL; }
                """))
        .containsExactly("9 returns it", "16 returns it, if !a");
  }

  @Test
  void functionsOfOneLineAndOfMacros() throws IOException {
    String source =
        """
        int a(void) { return -EIO; } int f(void) { return -EINVAL; }
        SYSCALL_DEFINE1(x, int, f) { return -EINVAL; }
        """;
    assertThat(places("EINVAL", source)).containsExactly("1 returns it");
    assertThat(places("EIO", source)).isEmpty();
    assertThat(places("EINVAL", source, "sys_x", name -> true)).containsExactly("2 returns it");
  }

  @Test
  void noFunctionThere() throws IOException {
    byte[] text = "int f(void);\nint x = -EINVAL;\n".getBytes(StandardCharsets.UTF_8);
    KernelFiles files = new KernelFiles(source(text));
    ErrnoPlaces places = new ErrnoPlaces(files, null, "x86", name -> true);
    for (int line = 0; line < 5; line++) {
      KernelFunction function =
          new KernelFunction("f", new trapline.model.Place("a.c", line), false, "");
      assertThat(places.of(function, "EINVAL")).isEmpty();
    }
    KernelFunction elsewhere =
        new KernelFunction("f", new trapline.model.Place("b.c", 1), false, "");
    assertThat(places.of(elsewhere, "EINVAL")).isEmpty();
  }

  private static List<String> places(String errno, String source) throws IOException {
    return places(errno, source, "f", name -> true);
  }

  private static List<String> places(
      String errno, String source, String function, Predicate<String> inlined) throws IOException {
    byte[] text = source.getBytes(StandardCharsets.UTF_8);
    FunctionCollector collector = new FunctionCollector();
    collector.take("a.c", text, text.length);
    FunctionIndex index = collector.index();
    KernelFiles files = new KernelFiles(source(text));
    ErrnoPlaces places = new ErrnoPlaces(files, index, "x86", inlined);
    return places.of(index.named(function).getFirst(), errno).stream()
        .map(ErrnoPlacesTest::line)
        .toList();
  }

  private static String line(Candidate place) {
    boolean called = place.how().contains("through") || place.helper() != null;
    String helper = called && !place.how().contains("passes") ? " [" + place.helper() + "]" : "";
    return place.place().line() + " " + place.how() + helper;
  }

  /// A tree of one file, `a.c`.
  static KernelSource source(byte[] text) {
    Map<String, Bytes> files = Map.of("a.c", Bytes.of("a.c", text));
    return new KernelSource() {
      @Override
      public String origin() {
        return "one file";
      }

      @Override
      public void read(Predicate<String> wanted, Reader reader, Progress progress) {
        files.forEach(reader::read);
      }

      @Override
      public Optional<Bytes> file(String path) {
        return Optional.ofNullable(files.get(path));
      }
    };
  }
}
