import HTTPServer

extension Metrics {
    /// What the HTTP server counts.
    static func writeHTTP(_ http: HTTPStatistics, to out: inout PrometheusText) {
        out.gauge("cortex_http_connections", "Connections that are open.", http.connectionsOpen)
        out.counter("cortex_http_connections_total", "Connections accepted.", http.connectionsAccepted)
        out.counter("cortex_http_requests_total", "Requests that arrived whole and within limits.", http.requests)
        out.counter(
            "cortex_http_refused_total", "Requests refused before they were read, by reason.",
            http.refused.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { ([("reason", $0.key.rawValue)], $0.value) })
        out.counter(
            "cortex_http_idle_closed_total", "Connections closed because nothing came for too long.",
            http.connectionsIdleClosed)
        out.counter(
            "cortex_http_stalled_total", "Answers given up because the client did not take them.", http.answersStalled)
        out.counter(
            "cortex_http_listener_parked_total", "Times the server stopped accepting for a while.",
            http.listenerParked)
        out.counter("cortex_http_streams_total", "Streams opened.", http.streamsOpened)
        out.counter(
            "cortex_http_streams_slow_total", "Streams dropped because their client read too slowly.",
            http.streamsDroppedSlow)
        out.counter(
            "cortex_http_streams_abandoned_total", "Streams whose client left before their end.",
            http.streamsAbandoned)
        out.counter("cortex_http_read_bytes_total", "Bytes read from clients.", http.bytesRead)
        out.counter("cortex_http_written_bytes_total", "Bytes written to clients.", http.bytesWritten)
    }
}
