public import Diagnosis

/// Asks a service for a true answer: a tool server for an MCP call, another for its probe path, else for a connection.
public protocol ServiceProbing: Sendable {
    /// One try, with its own deadline (30 s by default); never throws: how it failed is the answer.
    func answer(of service: String, namespace: String, url: String?) async -> ServiceAnswer
}
