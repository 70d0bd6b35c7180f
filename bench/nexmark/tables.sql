CREATE TABLE nexmark (
  event_type INT,
  bid_auction BIGINT,
  bid_bidder BIGINT,
  bid_price BIGINT,
  bid_channel STRING,
  bid_url STRING,
  `dateTime` TIMESTAMP(3),
  extra STRING,
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND
) WITH ('connector' = 'nexmark', 'events.num' = '${EVENTS}');

CREATE VIEW bid AS
SELECT bid_auction AS auction, bid_bidder AS bidder, bid_price AS price, bid_channel AS channel, bid_url AS url,
  `dateTime`, extra
FROM nexmark
WHERE event_type = 2;

