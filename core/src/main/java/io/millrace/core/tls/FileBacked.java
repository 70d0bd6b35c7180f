package io.millrace.core.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A value that is made of files, and made again when they change. While they do not belong together
 * (one is written, the other not yet) the value of before stays in use.
 *
 * <p>Any thread. Files are looked at by whoever asks for the value.
 */
public final class FileBacked<T> {

  private static final Logger LOG = LoggerFactory.getLogger(FileBacked.class);

  /** Makes the value of what the files hold now. */
  @FunctionalInterface
  public interface Loader<T> {
    T load() throws IOException, GeneralSecurityException;
  }

  private final List<Path> files;
  private final Duration checkInterval;
  private final Loader<T> loader;
  private final LongAdder reloads = new LongAdder();
  private final LongAdder failedReloads = new LongAdder();
  private final AtomicLong checkedNanos = new AtomicLong(System.nanoTime());
  private volatile Loaded<T> loaded;

  /** A value, and how its files looked before they were read. */
  private record Loaded<T>(T value, List<String> stamps) {}

  /**
   * Makes the value for the first time.
   *
   * @param files that it is made of; the first one names it in the node's log
   * @param checkInterval the files are looked at for changes this often at most
   */
  public FileBacked(List<Path> files, Duration checkInterval, Loader<T> loader)
      throws IOException, GeneralSecurityException {
    this.files = List.copyOf(files);
    this.checkInterval = checkInterval;
    this.loader = loader;
    this.loaded = load();
  }

  /** The value as the files have it now, or had it when they last belonged together. */
  public T current() {
    long now = System.nanoTime();
    long checked = checkedNanos.get();
    if (now - checked >= checkInterval.toNanos() && checkedNanos.compareAndSet(checked, now)) {
      reloadIfChanged();
    }
    return loaded.value();
  }

  /** How often changed files have been taken over. */
  public long reloads() {
    return reloads.sum();
  }

  /** How often changed files could not be used. */
  public long failedReloads() {
    return failedReloads.sum();
  }

  private void reloadIfChanged() {
    try {
      if (!stamps().equals(loaded.stamps())) {
        loaded = load();
        reloads.increment();
        LOG.info("The certificate in {} is in use from now on", files.getFirst());
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      failedReloads.increment();
      LOG.warn(
          "The changed certificate in {} cannot be used; the one of before stays: {}",
          files.getFirst(),
          e.getMessage());
    }
  }

  private Loaded<T> load() throws IOException, GeneralSecurityException {
    List<String> stamps = stamps();
    return new Loaded<>(loader.load(), stamps);
  }

  private List<String> stamps() throws IOException {
    List<String> stamps = new ArrayList<>(files.size());
    for (Path file : files) {
      BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
      stamps.add(
          attributes.lastModifiedTime() + " " + attributes.size() + " " + attributes.fileKey());
    }
    return stamps;
  }
}
