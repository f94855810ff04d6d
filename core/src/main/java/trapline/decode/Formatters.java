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
      case "nonzero_mode" -> Numbers::nonzeroMode;
      case "inet_address" -> Numbers::inetAddress;
      case "small" -> Numbers::small;
      case "int32" -> Numbers::small;
      case "bitset" -> Numbers::bitset;
      case "packet_protocol" -> Numbers::packetProtocol;
      case "result_flags" -> Numbers::resultFlags;
      case "result_signal" -> Numbers::resultSignal;
      case "ref64" -> Numbers::cell;
      default -> null;
    };
  }
}
