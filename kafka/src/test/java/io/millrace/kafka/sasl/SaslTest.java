package io.millrace.kafka.sasl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.millrace.core.tls.TlsSettings;
import io.millrace.kafka.KafkaSettings;
import io.millrace.kafka.ListenerSettings;
import io.millrace.kafka.NodeFixture;
import io.millrace.kafka.SecurityProtocol;
import io.millrace.kafka.SecuritySettings;
import io.millrace.kafka.tls.Certificates;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ResourceNotFoundException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.UnacceptableCredentialException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.RsaJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own Java clients with SASL, in the clear and over TLS. */
class SaslTest {

  @TempDir Path folder;
  private @Nullable NodeFixture started;

  private NodeFixture node() {
    return Objects.requireNonNull(started);
  }

  @AfterEach
  void stop() {
    if (started != null) {
      assertThat(node().server().metrics().failures()).isZero();
      node().close();
    }
  }

  private void start(SaslSettings sasl) {
    start(SecuritySettings.NONE.withSasl(sasl), SecurityProtocol.SASL_PLAINTEXT);
  }

  private void start(SecuritySettings security, SecurityProtocol protocol) {
    started =
        new NodeFixture(
            folder.resolve("data"),
            KafkaSettings.defaults()
                .withSecurity(
                    security.withListener(
                        new ListenerSettings("sasl", "127.0.0.1", 0, protocol, null, 0))));
  }

  private Map<String, Object> client(String mechanism, String login) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", "127.0.0.1:" + node().server().port("sasl"));
    settings.put("security.protocol", "SASL_PLAINTEXT");
    settings.put("sasl.mechanism", mechanism);
    settings.put("sasl.jaas.config", login);
    settings.put("default.api.timeout.ms", 15_000);
    settings.put("request.timeout.ms", 10_000);
    return settings;
  }

  private static String plain(String user, String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password);
  }

  private static String scram(String user, String password) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
        .formatted(user, password);
  }

  private static void isServed(Map<String, Object> client) throws Exception {
    try (Admin admin = Admin.create(client)) {
      admin.listTopics().names().get();
    }
  }

  private static void isRefused(Map<String, Object> client) {
    try (Admin admin = Admin.create(client)) {
      assertThatThrownBy(() -> admin.listTopics().names().get())
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(SaslAuthenticationException.class);
    }
  }

  // ---- PLAIN ----

  @Test
  void aUserWithThePasswordIsServedAndOthersAreNot() throws Exception {
    start(SaslSettings.NONE.withPlain(Map.of("alice", "wonder", "bob", "")));

    isServed(client("PLAIN", plain("alice", "wonder")));
    isRefused(client("PLAIN", plain("alice", "wander")));
    isRefused(client("PLAIN", plain("nobody", "wonder")));

    assertThat(node().server().metrics().failedAuthentications()).isPositive();
    assertThat(node().server().metrics().authentications()).isPositive();
  }

  @Test
  void aMechanismThatIsNotServedIsToldTogetherWithThoseThatAre() {
    start(SaslSettings.NONE.withPlain(Map.of("alice", "wonder")));
    try (Admin admin = Admin.create(client("SCRAM-SHA-256", scram("alice", "wonder")))) {
      assertThatThrownBy(() -> admin.listTopics().names().get())
          .hasCauseInstanceOf(UnsupportedSaslMechanismException.class)
          .hasMessageContaining("PLAIN");
    }
  }

  @Test
  void saslGoesOverTlsToo() throws Exception {
    Certificates.Pair server = Certificates.make(folder, "server", "CN=node");
    start(
        SecuritySettings.NONE
            .withSasl(SaslSettings.NONE.withPlain(Map.of("alice", "wonder")))
            .withTls(TlsSettings.of("kafka.tls", server.certificate(), server.key())),
        SecurityProtocol.SASL_SSL);
    Map<String, Object> client = client("PLAIN", plain("alice", "wonder"));
    client.put("security.protocol", "SASL_SSL");
    client.put("ssl.truststore.type", "PEM");
    client.put("ssl.truststore.certificates", Files.readString(server.certificate()));

    isServed(client);
    client.put("sasl.jaas.config", plain("alice", "wrong"));
    isRefused(client);
  }

  // ---- SCRAM ----

  private Admin clearAdmin() {
    return Admin.create(Map.of("bootstrap.servers", node().bootstrap()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-512"})
  void aScramUserIsServedFromItsCreationToItsDeletionAcrossARestart(String mechanism)
      throws Exception {
    start(SaslSettings.NONE.withScram());
    ScramMechanism kind = ScramMechanism.fromMechanismName(mechanism);
    try (Admin admin = clearAdmin()) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      "alice", new ScramCredentialInfo(kind, 4096), "wonder")))
          .all()
          .get();
    }
    isServed(client(mechanism, scram("alice", "wonder")));
    isRefused(client(mechanism, scram("alice", "wander")));
    isRefused(client(mechanism, scram("bob", "wonder")));

    node().close();
    start(SaslSettings.NONE.withScram());

    isServed(client(mechanism, scram("alice", "wonder")));
    try (Admin admin = clearAdmin()) {
      assertThat(admin.describeUserScramCredentials().description("alice").get().credentialInfos())
          .containsExactly(new ScramCredentialInfo(kind, 4096));
      admin
          .alterUserScramCredentials(List.of(new UserScramCredentialDeletion("alice", kind)))
          .all()
          .get();
      assertThatThrownBy(
              () ->
                  admin
                      .alterUserScramCredentials(
                          List.of(new UserScramCredentialDeletion("alice", kind)))
                      .all()
                      .get())
          .hasCauseInstanceOf(ResourceNotFoundException.class);
      assertThat(admin.describeUserScramCredentials().all().get()).isEmpty();
    }
    isRefused(client(mechanism, scram("alice", "wonder")));
  }

  @Test
  void tooFewIterationsAreRefused() {
    start(SaslSettings.NONE.withScram());
    try (Admin admin = clearAdmin()) {
      assertThatThrownBy(
              () ->
                  admin
                      .alterUserScramCredentials(
                          List.of(
                              new UserScramCredentialUpsertion(
                                  "alice",
                                  new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 100),
                                  "wonder")))
                      .all()
                      .get())
          .hasCauseInstanceOf(UnacceptableCredentialException.class);
    }
  }

  // ---- sessions ----

  @Test
  void aClientProvesItselfAgainBeforeItsSessionEnds() throws Exception {
    start(
        SaslSettings.NONE
            .withPlain(Map.of("alice", "wonder"))
            .withSessionLifetime(Duration.ofSeconds(2)));
    Map<String, Object> client = client("PLAIN", plain("alice", "wonder"));
    client.put("reconnect.backoff.ms", 60_000);
    client.put("retries", 0);
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("orders", "v")).get();
      long connections = node().server().metrics().connectionsAccepted();
      long authentications = node().server().metrics().authentications();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                producer.send(new ProducerRecord<>("orders", "v")).get();
                return node().server().metrics().authentications() >= authentications + 3;
              });
      assertThat(node().server().metrics().connectionsAccepted()).isEqualTo(connections);
    }
  }

  // ---- OAUTHBEARER ----

  private static RsaJsonWebKey key(String id) throws Exception {
    RsaJsonWebKey key = RsaJwkGenerator.generateJwk(2048);
    key.setKeyId(id);
    return key;
  }

  private static JwtClaims claims(String subject, float minutes) {
    JwtClaims claims = new JwtClaims();
    claims.setSubject(subject);
    claims.setIssuer("https://issuer.example");
    claims.setAudience("millrace");
    claims.setIssuedAtToNow();
    claims.setExpirationTimeMinutesInTheFuture(minutes);
    return claims;
  }

  private static String signed(JwtClaims claims, RsaJsonWebKey key) throws Exception {
    JsonWebSignature token = new JsonWebSignature();
    token.setPayload(claims.toJson());
    token.setKey(key.getPrivateKey());
    token.setKeyIdHeaderValue(key.getKeyId());
    token.setAlgorithmHeaderValue(AlgorithmIdentifiers.RSA_USING_SHA256);
    return token.getCompactSerialization();
  }

  private static String unsigned(JwtClaims claims) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString("{\"alg\":\"none\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(claims.toJson().getBytes(StandardCharsets.UTF_8))
        + ".";
  }

  /** A client that shows one token, as it is. */
  private Map<String, Object> bearing(String token) {
    Map<String, Object> client =
        client(
            "OAUTHBEARER",
            "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required token=\"%s\";"
                .formatted(token));
    client.put("sasl.login.callback.handler.class", FixedToken.class.getName());
    return client;
  }

  private void aGoodTokenIsServedAndOthersAreNot(RsaJsonWebKey key) throws Exception {
    isServed(bearing(signed(claims("alice", 10), key)));

    JwtClaims elsewhere = claims("alice", 10);
    elsewhere.setAudience("another");
    JwtClaims foreign = claims("alice", 10);
    foreign.setIssuer("https://mallory.example");
    RsaJsonWebKey forged = key(key.getKeyId());
    isRefused(bearing(signed(claims("alice", -10), key)));
    isRefused(bearing(signed(elsewhere, key)));
    isRefused(bearing(signed(foreign, key)));
    isRefused(bearing(signed(claims("alice", 10), forged)));
    isRefused(bearing(unsigned(claims("alice", 10))));
    isRefused(bearing("no token at all"));
  }

  private static OAuthSettings oauth(URI jwks) {
    return new OAuthSettings(
        jwks, "https://issuer.example", List.of("millrace"), "sub", Duration.ofSeconds(30));
  }

  @Test
  void tokensAreCheckedByKeysOfAFile() throws Exception {
    RsaJsonWebKey key = key("k1");
    Path jwks = folder.resolve("jwks.json");
    Files.writeString(
        jwks, new JsonWebKeySet(key).toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY));
    start(SaslSettings.NONE.withOAuth(oauth(jwks.toUri())));

    aGoodTokenIsServedAndOthersAreNot(key);
  }

  @Test
  void tokensAreCheckedByKeysThatTheIssuerServes() throws Exception {
    RsaJsonWebKey key = key("k1");
    byte[] body =
        new JsonWebKeySet(key)
            .toJson(JsonWebKey.OutputControlLevel.PUBLIC_ONLY)
            .getBytes(StandardCharsets.UTF_8);
    HttpServer issuer =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer.createContext(
        "/jwks",
        exchange -> {
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    issuer.start();
    try {
      start(
          SaslSettings.NONE.withOAuth(
              oauth(URI.create("http://127.0.0.1:" + issuer.getAddress().getPort() + "/jwks"))));
      aGoodTokenIsServedAndOthersAreNot(key);
    } finally {
      issuer.stop(0);
    }
  }
}
