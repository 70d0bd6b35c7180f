-- The inner query of q7: the highest price of every ten seconds.
CREATE TABLE q7_price (price BIGINT, bids BIGINT, starttime TIMESTAMP(3), endtime TIMESTAMP(3))
WITH ('connector' = 'blackhole');

INSERT INTO q7_price
SELECT MAX(price) AS price, COUNT(*) AS bids, window_start AS starttime, window_end AS endtime
FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
GROUP BY window_start, window_end;
