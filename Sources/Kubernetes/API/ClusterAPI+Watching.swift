import FoundationEssentials

extension ClusterAPI {
    /// One watch, until the server ends it: no list before it and no second try. For one object, or for all that a
    /// label selector names.
    ///
    /// - Parameters:
    ///   - name: only this object.
    ///   - resourceVersion: changes after this state; nil for any state the server has, which begins with an `added`
    ///     for each object there is.
    ///   - timeoutSeconds: when the server ends the watch. Default 300.
    /// - Returns: events without bookmarks; the stream throws `APIError`, a status for an ERROR event. Leaving the loop
    ///   closes the watch.
    public func watch<Object: KubernetesObject>(
        _ type: Object.Type, namespace: String? = nil, name: String? = nil, labelSelector: String? = nil,
        from resourceVersion: String? = nil, timeoutSeconds: Int = 300, retention: Retention = .nothing
    ) -> AsyncThrowingStream<WatchEvent<Object>, any Error> {
        var query = [
            APIRequest.QueryItem("allowWatchBookmarks", "true"),
            APIRequest.QueryItem("timeoutSeconds", String(timeoutSeconds)),
        ]
        if let resourceVersion { query.append(.init("resourceVersion", resourceVersion)) }
        if let name { query.append(.init("fieldSelector", "metadata.name=\(name)")) }
        if let labelSelector { query.append(.init("labelSelector", labelSelector)) }
        let lines = lines(APIRequest(.watch, Object.resource, namespace: namespace, query: query))
        return AsyncThrowingStream {
            // Iterators of one stream share its position, so each call goes on where the last one stopped.
            var iterator = lines.makeAsyncIterator()
            while let line = try await iterator.next() {
                switch try WatchEvent<Object>(line: line, retention: retention) {
                case .bookmark: continue
                case .error(let status): throw APIError.status(status)
                case let event: return event
                }
            }
            return nil
        }
    }
}
