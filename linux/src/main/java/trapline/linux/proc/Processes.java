package trapline.linux.proc;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import trapline.linux.sys.FileStatus;

/// The processes of this machine, as far as they may be looked at.
public final class Processes {
  private static final int MOST = 100_000;

  private Processes() {}

  /// The processes that run a file: `sleep (process 4711)`.
  public static List<String> running(long device, long inode) {
    List<String> found = new ArrayList<>();
    for (int process : all()) {
      FileStatus status = FileStatus.of("/proc/" + process + "/exe", true);
      if (status.error() == 0 && status.device() == device && status.inode() == inode) {
        found.add(name(process));
      }
    }
    return found;
  }

  /// The processes that hold a socket with one of these inodes, by `/proc/PID/fd`.
  public static List<Integer> holding(List<Long> sockets) {
    List<String> links = new ArrayList<>();
    for (long each : sockets) {
      links.add("socket:[" + each + "]");
    }
    List<Integer> found = new ArrayList<>();
    for (int process : all()) {
      String folder = "/proc/" + process + "/fd";
      String[] descriptors = new File(folder).list();
      for (int i = 0; descriptors != null && i < descriptors.length; i++) {
        String target = ProcFile.link(folder + "/" + descriptors[i]);
        if (target != null && links.contains(target)) {
          found.add(process);
          break;
        }
      }
    }
    return found;
  }

  /// The numbers of all processes that can be seen.
  public static List<Integer> all() {
    List<Integer> processes = new ArrayList<>();
    String[] names = new File("/proc").list();
    for (int i = 0; names != null && i < names.length && processes.size() < MOST; i++) {
      int process = (int) ProcFile.number(names[i], 10, 0);
      if (process > 0) {
        processes.add(process);
      }
    }
    return processes;
  }

  /// `sleep (process 4711)`.
  public static String name(int process) {
    String command = ProcFile.text("/proc/" + process + "/comm");
    return (command.isEmpty() ? "a process that has ended" : command)
        + " (process "
        + process
        + ")";
  }
}
