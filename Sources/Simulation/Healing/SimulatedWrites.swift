import FoundationEssentials
import Healing
import JSON
import Kubernetes

/// Cortex's writes, sent to the simulated API server as the very requests that a real one gets.
enum SimulatedWrites {
    /// - Throws: the server's refusal.
    static func apply(_ write: ClusterWrite, to world: inout World) throws(APIStatus) {
        let request = write.request()
        var call = APICall(request.verb.method, request.path, body: request.body.map { Array($0) } ?? [])
        if case .patch(let kind) = request.verb { call.contentType = kind.rawValue }
        call.query = request.query.map { APICall.Item($0.name, $0.value) }
        let answer = world.answer(call, as: .admin)
        guard answer.code >= 300 else { return }
        throw APIStatus(
            code: answer.code, reason: answer.object?["reason"]?.stringValue,
            message: answer.object?["message"]?.stringValue)
    }
}

extension APIRequest.Verb {
    fileprivate var method: String {
        switch self {
        case .get, .list, .watch: "GET"
        case .create: "POST"
        case .update: "PUT"
        case .patch: "PATCH"
        case .delete: "DELETE"
        }
    }
}
