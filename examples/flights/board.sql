-- A departures board over real flights, in Flink SQL's dialect.
--
--   ./millrace demo                                runs it, with data, viewers and a check of its results
--   ./millrace sql examples/flights/board.sql      runs it on a node that is up
--
-- A flight's event time is when it was scheduled; it is reported at scheduled time + delay. So the
-- stream is out of order by as much as flights are delayed, and early departures overtake others.

SET 'pipeline.name' = 'flights-board';

-- Flights in the order in which they were reported, keyed by origin.
-- The watermark's lag is how long windows wait for delayed flights; `./millrace demo --lag` changes it here.
CREATE TABLE flights (
  scheduled   TIMESTAMP(3),
  delay       INT,             -- minutes; below 0 when the flight left early
  distance    INT,             -- miles
  origin      STRING,
  destination STRING,
  WATERMARK FOR scheduled AS scheduled - INTERVAL '30' MINUTE
) WITH (
  'connector' = 'kafka',
  'topic' = 'flights',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json'
);

-- A flight is late when its partition's watermark had passed it before it came.
CREATE VIEW on_time AS
SELECT * FROM flights
WHERE CURRENT_WATERMARK(scheduled) IS NULL OR scheduled > CURRENT_WATERMARK(scheduled);

-- Per airport and hour: departures, mean and 95th percentile of their delay.
CREATE TABLE departures (
  origin       STRING,
  window_start TIMESTAMP(3),
  window_end   TIMESTAMP(3),
  departures   BIGINT,
  mean_delay   DOUBLE,
  p95_delay    DOUBLE
) WITH (
  'connector' = 'kafka',
  'topic' = 'departures',
  'key.format' = 'raw',
  'key.fields' = 'origin',
  'value.format' = 'json',
  'value.fields-include' = 'EXCEPT_KEY'
);

-- Per airport, every hour over the last three: the mean delay, smoother than by the hour.
CREATE TABLE delays (
  origin       STRING,
  window_start TIMESTAMP(3),
  window_end   TIMESTAMP(3),
  departures   BIGINT,
  mean_delay   DOUBLE
) WITH (
  'connector' = 'kafka',
  'topic' = 'delays',
  'key.format' = 'raw',
  'key.fields' = 'origin',
  'value.format' = 'json',
  'value.fields-include' = 'EXCEPT_KEY'
);

-- Per airport and day: what the map shows.
CREATE TABLE days (
  origin       STRING,
  window_start TIMESTAMP(3),
  window_end   TIMESTAMP(3),
  departures   BIGINT,
  mean_delay   DOUBLE
) WITH (
  'connector' = 'kafka',
  'topic' = 'days',
  'key.format' = 'raw',
  'key.fields' = 'origin',
  'value.format' = 'json',
  'value.fields-include' = 'EXCEPT_KEY'
);

-- What came too late for its windows, with how far its partition had come by then.
CREATE TABLE late_flights (
  origin       STRING,
  destination  STRING,
  scheduled    TIMESTAMP(3),
  delay        INT,
  passed       TIMESTAMP(3)
) WITH (
  'connector' = 'kafka',
  'topic' = 'late_flights',
  'key.format' = 'raw',
  'key.fields' = 'origin',
  'value.format' = 'json',
  'value.fields-include' = 'EXCEPT_KEY'
);

EXECUTE STATEMENT SET
BEGIN

INSERT INTO departures
SELECT origin, window_start, window_end,
       COUNT(*), AVG(CAST(delay AS DOUBLE)), PERCENTILE(delay, 0.95)
FROM TABLE(TUMBLE(TABLE on_time, DESCRIPTOR(scheduled), INTERVAL '1' HOUR))
GROUP BY origin, window_start, window_end;

INSERT INTO delays
SELECT origin, window_start, window_end, COUNT(*), AVG(CAST(delay AS DOUBLE))
FROM TABLE(HOP(TABLE on_time, DESCRIPTOR(scheduled), INTERVAL '1' HOUR, INTERVAL '3' HOUR))
GROUP BY origin, window_start, window_end;

INSERT INTO days
SELECT origin, window_start, window_end, COUNT(*), AVG(CAST(delay AS DOUBLE))
FROM TABLE(TUMBLE(TABLE on_time, DESCRIPTOR(scheduled), INTERVAL '1' DAY))
GROUP BY origin, window_start, window_end;

INSERT INTO late_flights
SELECT origin, destination, scheduled, delay, CURRENT_WATERMARK(scheduled)
FROM flights
WHERE scheduled <= CURRENT_WATERMARK(scheduled);

END;
