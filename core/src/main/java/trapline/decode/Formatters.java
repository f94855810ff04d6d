package trapline.decode;

import org.jspecify.annotations.Nullable;

/// The formats that need code of their own, by name.
final class Formatters {
  private Formatters() {}

  static @Nullable Formatter of(String name) {
    return switch (name) {
      case "none" -> (decoder, format, type, raw, scope) -> ValueDecoder.OMITTED;
      case "strings" -> Strings::list;
      case "environment" -> Strings::environment;
      case "sockaddr" -> SocketAddresses::decode;
      case "socklen" -> SocketAddresses::length;
      case "iovec" -> IoVectors::decode;
      case "sigset" -> SignalSets::decode;
      case "wait_status" -> WaitStatus::decode;
      case "device" -> Numbers::device;
      case "stat_device" -> Numbers::statDevice;
      case "stat_size" -> Numbers::statSize;
      case "limit" -> Numbers::limit;
      case "hexword" -> Numbers::hexWord;
      case "signal_handler" -> Numbers::signalHandler;
      case "restorer" -> Numbers::restorer;
      case "sigset_value" -> Numbers::signalSet;
      case "epoll_data" -> Numbers::epollData;
      case "key" -> Numbers::key;
      case "exit_signal" -> Numbers::exitSignal;
      case "nonzero" -> Numbers::nonzero;
      case "nonzero_address" -> Numbers::nonzeroAddress;
      case "bit_members" -> Numbers::bitMembers;
      case "nonzero_mode" -> Numbers::nonzeroMode;
      case "inet_address" -> Numbers::inetAddress;
      case "small" -> Numbers::small;
      case "int32" -> Numbers::small;
      case "bitset" -> Numbers::bitset;
      case "packet_protocol" -> Numbers::packetProtocol;
      case "result_flags" -> Numbers::resultFlags;
      case "result_signal" -> Numbers::resultSignal;
      case "ref64" -> Numbers::cell;
      case "siginfo" -> SignalInfo::decode;
      case "sigval" -> SignalInfo::signalValue;
      case "msghdr" -> Messages::header;
      case "mmsghdr" -> Messages::headers;
      case "message" -> Messages::queued;
      case "fdset" -> Readiness::set;
      case "select" -> Readiness::selected;
      case "poll" -> Readiness::polled;
      case "pselect_mask" -> Readiness::mask;
      case "utimens" -> Times::pair;
      case "timevals" -> Times::microseconds;
      case "date" -> Times::seconds;
      case "remaining" -> Times::remaining;
      case "dirents" -> Directories::old;
      case "dirents64" -> Directories::wide;
      case "cpuset" -> BitSets::processors;
      case "bitmap" -> BitSets::words;
      case "mincore" -> BitSets::pages;
      case "capdata" -> BitSets::capabilities;
      case "ioctl" -> Ioctls::request;
      case "ioprio" -> Priorities::decode;
      case "result_ioprio" -> Priorities::result;
      case "file_handle" -> FileHandles::decode;
      case "uint" -> Numbers::unsigned;
      case "result_name" -> Numbers::resultName;
      case "result_names" -> Numbers::resultNames;
      case "personality" -> Numbers::personality;
      case "keyring" -> Numbers::keyring;
      case "commented" -> Numbers::commented;
      case "device_of" -> Numbers::deviceOf;
      case "when_nonzero" -> Numbers::whenNonzero;
      case "offset_pair" -> Numbers::offsetPair;
      case "page_status" -> Numbers::pageStatus;
      case "ptrace_signal" -> Numbers::signalOrZero;
      case "fd_small" -> Numbers::descriptor;
      case "quota_cmd" -> Numbers::quotaCommand;
      case "mount_data" -> Numbers::mountData;
      case "name16" -> Numbers::threadName;
      case "register_set" -> Numbers::registerSet;
      case "ref32" -> Numbers::cell32;
      case "cells" -> Numbers::cells;
      case "option" -> SocketOptions::plain;
      case "option_text" -> SocketOptions::text;
      case "option_int" -> SocketOptions::integer;
      case "errno_option" -> SocketOptions::error;
      case "membership" -> SocketOptions::membership;
      case "interfaces" -> Interfaces::list;
      case "extensible" -> SizedStructs::extensible;
      case "iovec_one" -> IoVectors::single;
      case "termios" -> Terminals::decode;
      default -> null;
    };
  }
}
