package io.millrace.kafka.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates that sign themselves, made by the JDK's keytool and valid for a day. */
public final class Certificates {

  private static final char[] PASSWORD = "secret".toCharArray();

  private Certificates() {}

  /** A certificate with its key. */
  public record Pair(Path certificate, Path key, Path store) {}

  /** Makes one for a subject such as {@code CN=alice,O=Example}, good for 127.0.0.1. */
  public static Pair make(Path folder, String name, String subject) throws Exception {
    Path store = folder.resolve(name + ".p12");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of("-genkeypair", "-alias", "it", "-keyalg", "EC"));
    command.addAll(List.of("-dname", subject, "-validity", "1"));
    command.addAll(List.of("-ext", "SAN=IP:127.0.0.1,DNS:localhost"));
    command.addAll(List.of("-storetype", "PKCS12", "-keystore", store.toString()));
    command.addAll(List.of("-storepass", "secret"));
    Process made =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name + ".log").toFile())
            .start();
    if (made.waitFor() != 0) {
      throw new IOException(Files.readString(folder.resolve(name + ".log")));
    }
    return export(folder, name, store);
  }

  private static Pair export(Path folder, String name, Path store)
      throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD);
    }
    Path certificate = folder.resolve(name + ".crt.pem");
    Path key = folder.resolve(name + ".key.pem");
    Certificate shown = keys.getCertificate("it");
    Files.writeString(certificate, pem("CERTIFICATE", shown.getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", keys.getKey("it", PASSWORD).getEncoded()));
    return new Pair(certificate, key, store);
  }

  private static String pem(String what, byte[] der) {
    String text =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + what + "-----\n" + text + "\n-----END " + what + "-----\n";
  }
}
