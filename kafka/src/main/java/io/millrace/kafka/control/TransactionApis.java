package io.millrace.kafka.control;

import io.millrace.broker.Broker;
import io.millrace.core.Clock;
import io.millrace.kafka.net.Api;
import java.util.List;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;

/** Producer ids and transactions. */
final class TransactionApis {

  private final GuardedApis apis;
  private final ProducerIdsHandler producerIds;
  private final TransactionsHandler transactions;
  private final TransactionsAdminHandler admin;

  TransactionApis(GuardedApis apis, Broker broker, Clock clock) {
    this.apis = apis;
    this.producerIds = new ProducerIdsHandler(broker.producerIds(), broker.transactions());
    this.transactions = new TransactionsHandler(broker, clock);
    this.admin = new TransactionsAdminHandler(broker, clock);
  }

  List<Api> table() {
    return List.of(
        apis.api(22, "InitProducerId", 0, 5, 2, InitProducerIdRequestData::new, producerIds::init),
        apis.api(
            24,
            "AddPartitionsToTxn",
            0,
            5,
            3,
            AddPartitionsToTxnRequestData::new,
            transactions::addPartitions),
        apis.api(
            25,
            "AddOffsetsToTxn",
            0,
            4,
            3,
            AddOffsetsToTxnRequestData::new,
            transactions::addOffsets),
        apis.api(26, "EndTxn", 0, 5, 3, EndTxnRequestData::new, transactions::end),
        apis.api(
            27, "WriteTxnMarkers", 1, 2, 1, WriteTxnMarkersRequestData::new, admin::writeMarkers),
        apis.api(
            28,
            "TxnOffsetCommit",
            0,
            6,
            3,
            TxnOffsetCommitRequestData::new,
            transactions::commitOffsets),
        apis.api(
            61, "DescribeProducers", 0, 0, 0, DescribeProducersRequestData::new, admin::producers),
        apis.api(
            65,
            "DescribeTransactions",
            0,
            0,
            0,
            DescribeTransactionsRequestData::new,
            admin::describe),
        apis.api(66, "ListTransactions", 0, 2, 0, ListTransactionsRequestData::new, admin::list));
  }
}
