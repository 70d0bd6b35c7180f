package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.kafka.net.Api;
import io.millrace.kafka.net.KafkaMetrics;
import io.millrace.kafka.sasl.SaslServers;
import io.millrace.kafka.sasl.SaslSettings;
import java.util.List;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterUserScramCredentialsRequestData;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateDelegationTokenRequestData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeDelegationTokenRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.ExpireDelegationTokenRequestData;
import org.apache.kafka.common.message.RenewDelegationTokenRequestData;

/** Who clients are, what they may do, and how much of it. */
final class SecurityApis {

  private final GuardedApis apis;
  private final SaslHandler sasl;
  private final ScramHandler scram;
  private final AclsHandler acls;
  private final QuotasHandler quotas;

  SecurityApis(
      GuardedApis apis,
      Broker broker,
      SaslSettings saslSettings,
      KafkaMetrics metrics,
      boolean authorizes) {
    this.apis = apis;
    this.sasl =
        new SaslHandler(
            saslSettings, new SaslServers(saslSettings, broker.scramCredentials()), metrics);
    this.scram = new ScramHandler(broker.scramCredentials());
    this.acls = new AclsHandler(broker.acls(), authorizes);
    this.quotas = new QuotasHandler(broker.clientQuotas());
  }

  List<Api> table() {
    // librdkafka takes a node without SaslHandshake 0 for one without SASL, but sends 1.
    return List.of(
        apis.api(17, "SaslHandshake", 1, 1, GuardedApis.NEVER, sasl.handshake()).announcedFrom(0),
        apis.api(29, "DescribeAcls", 1, 3, 2, DescribeAclsRequestData::new, acls::describe),
        apis.api(30, "CreateAcls", 1, 3, 2, CreateAclsRequestData::new, acls::create),
        apis.api(31, "DeleteAcls", 1, 3, 2, DeleteAclsRequestData::new, acls::delete),
        apis.api(36, "SaslAuthenticate", 0, 2, 2, sasl.authenticate()),
        apis.api(
            38,
            "CreateDelegationToken",
            1,
            3,
            2,
            CreateDelegationTokenRequestData::new,
            DelegationTokensHandler::create),
        apis.api(
            39,
            "RenewDelegationToken",
            1,
            2,
            2,
            RenewDelegationTokenRequestData::new,
            DelegationTokensHandler::renew),
        apis.api(
            40,
            "ExpireDelegationToken",
            1,
            2,
            2,
            ExpireDelegationTokenRequestData::new,
            DelegationTokensHandler::expire),
        apis.api(
            41,
            "DescribeDelegationToken",
            1,
            3,
            2,
            DescribeDelegationTokenRequestData::new,
            DelegationTokensHandler::describe),
        apis.api(
            48,
            "DescribeClientQuotas",
            0,
            1,
            1,
            DescribeClientQuotasRequestData::new,
            quotas::describe),
        apis.api(
            49, "AlterClientQuotas", 0, 1, 1, AlterClientQuotasRequestData::new, quotas::alter),
        apis.api(
            50,
            "DescribeUserScramCredentials",
            0,
            0,
            0,
            DescribeUserScramCredentialsRequestData::new,
            scram::describe),
        apis.api(
            51,
            "AlterUserScramCredentials",
            0,
            0,
            0,
            AlterUserScramCredentialsRequestData::new,
            scram::alter));
  }
}
