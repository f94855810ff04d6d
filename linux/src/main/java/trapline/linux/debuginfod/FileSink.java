package trapline.linux.debuginfod;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import trapline.linux.files.PrivateFile;

/// Writes an answer's contents into a file, up to a limit. Contents of an answer that does not give
/// the file are not taken.
final class FileSink implements HttpResponse.BodySubscriber<Long>, AutoCloseable {
  private static final int OK = 200;

  private final FileChannel file;
  private final long most;
  private final CompletableFuture<Long> written = new CompletableFuture<>();
  private boolean wanted;
  private long announced = -1;
  private volatile long received;
  private volatile long total;
  private volatile @Nullable TransferFailure failure;
  private Flow.@Nullable Subscription subscription;

  FileSink(Path path, long most) throws IOException {
    this.file = PrivateFile.create(path);
    this.most = most;
  }

  /// Bytes that have come.
  long received() {
    return received;
  }

  /// Bytes that are to come; 0 when nobody said.
  long total() {
    return total;
  }

  /// Why this broke the transfer off; `null` when it did not.
  @Nullable TransferFailure failure() {
    return failure;
  }

  HttpResponse.BodySubscriber<Long> begin(HttpResponse.ResponseInfo answer) {
    wanted = answer.statusCode() == OK;
    announced = size(answer, "x-debuginfod-size");
    total = Math.max(0, Math.max(announced, size(answer, "content-length")));
    return this;
  }

  private static long size(HttpResponse.ResponseInfo answer, String header) {
    try {
      return answer.headers().firstValueAsLong(header).orElse(-1);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  @Override
  public CompletionStage<Long> getBody() {
    return written;
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (!wanted) {
      written.complete(0L);
      given.cancel();
    } else if (total > most) {
      fail(tooLarge());
    } else {
      given.request(Long.MAX_VALUE);
    }
  }

  private TransferFailure tooLarge() {
    return new TransferFailure(
        TransferFailure.Kind.REFUSED,
        "sends more than " + most + " bytes",
        "raise DEBUGINFOD_MAXSIZE, when it is set");
  }

  private void fail(TransferFailure why) {
    failure = why;
    Flow.Subscription from = subscription;
    if (from != null) {
      from.cancel();
    }
    written.completeExceptionally(why);
  }

  @Override
  public synchronized void onNext(List<ByteBuffer> parts) {
    if (written.isDone()) {
      return;
    }
    try {
      for (ByteBuffer part : parts) {
        if (received + part.remaining() > most) {
          fail(tooLarge());
          return;
        }
        received += part.remaining();
        while (part.hasRemaining()) {
          file.write(part);
        }
      }
    } catch (IOException e) {
      fail(Transfer.notWritten(e));
    }
  }

  @Override
  public void onError(Throwable throwable) {
    written.completeExceptionally(throwable);
  }

  @Override
  public void onComplete() {
    if (announced >= 0 && announced != received) {
      fail(
          new TransferFailure(
              TransferFailure.Kind.PASSING,
              "sent " + received + " of " + announced + " bytes",
              ""));
    } else {
      written.complete(received);
    }
  }

  @Override
  public synchronized void close() throws IOException {
    written.cancel(false);
    file.close();
  }
}
