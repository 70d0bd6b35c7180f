package io.millrace.interop;

/** Kafka's tools by the names of their scripts, and the class that each script starts. */
enum KafkaTool {
  ACLS("org.apache.kafka.tools.AclCommand"),
  BROKER_API_VERSIONS("org.apache.kafka.tools.BrokerApiVersionsCommand"),
  CLUSTER("org.apache.kafka.tools.ClusterTool"),
  CONFIGS("kafka.admin.ConfigCommand"),
  CONSOLE_CONSUMER("org.apache.kafka.tools.consumer.ConsoleConsumer"),
  CONSOLE_PRODUCER("org.apache.kafka.tools.ConsoleProducer"),
  CONSUMER_GROUPS("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand"),
  CONSUMER_PERF_TEST("org.apache.kafka.tools.ConsumerPerformance"),
  DELETE_RECORDS("org.apache.kafka.tools.DeleteRecordsCommand"),
  DUMP_LOG("org.apache.kafka.tools.DumpLogSegments"),
  E2E_LATENCY("org.apache.kafka.tools.EndToEndLatency"),
  FEATURES("org.apache.kafka.tools.FeatureCommand"),
  GET_OFFSETS("org.apache.kafka.tools.GetOffsetShell"),
  GROUPS("org.apache.kafka.tools.GroupsCommand"),
  LEADER_ELECTION("org.apache.kafka.tools.LeaderElectionCommand"),
  LOG_DIRS("org.apache.kafka.tools.LogDirsCommand"),
  METADATA_QUORUM("org.apache.kafka.tools.MetadataQuorumCommand"),
  PRODUCER_PERF_TEST("org.apache.kafka.tools.ProducerPerformance"),
  REASSIGN_PARTITIONS("org.apache.kafka.tools.reassign.ReassignPartitionsCommand"),
  STREAMS_GROUPS("org.apache.kafka.tools.streams.StreamsGroupCommand"),
  TOPICS("org.apache.kafka.tools.TopicCommand"),
  TRANSACTIONS("org.apache.kafka.tools.TransactionsCommand");

  final String mainClass;

  KafkaTool(String mainClass) {
    this.mainClass = mainClass;
  }
}
