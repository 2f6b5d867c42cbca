import Diagnosis
import Incidents
import JSON
import ToolServers

extension TaskRun {
    /// Heals a server and tells the user meanwhile. Returns when it is proven to answer again.
    ///
    /// - Throws: when it was not healed, healing is switched off, or this task has healed often enough.
    mutating func heal(_ server: ToolServer, _ failure: ToolFailure) async throws(TaskFailure) {
        let outage = Outage(
            service: server.name, namespace: server.namespace, url: server.url,
            answer: ServiceAnswer(kind: failure.answerKind, message: failure.message), request: id)
        guard flow.isHealingEnabled else {
            let message = "\(server.name) does not answer (\(failure.message.clipped)) and healing is switched off"
            let advice = await flow.healing.advise(outage)
            emit(.healingFailed(service: server.name, message: message, recommendation: advice))
            throw TaskFailure(message: message, recommendation: advice)
        }
        guard healings.count < flow.limits.maximumHealings else {
            throw TaskFailure(
                message: """
                    \(server.name) failed again after \(healings.count) healings in this task: \
                    \(failure.message.clipped)
                    """,
                recommendation: "Look at what the healings changed, and at the service's log.")
        }
        for await event in flow.healing.heal(outage) {
            switch event {
            case .started(let service, let issue): emit(.healingStart(service: service, issue: issue))
            case .progress(let service, let message): emit(.healingProgress(service: service, message: message))
            case .completed(let service, let message):
                healings.append(Healing(service: service, success: true, message: message))
                emit(.healingComplete(service: service, message: message))
                return
            case .failed(let service, let message, let recommendation):
                healings.append(Healing(service: service, success: false, message: message))
                emit(.healingFailed(service: service, message: message, recommendation: recommendation))
                throw TaskFailure(
                    message: "\(service) could not be healed: \(message)", recommendation: recommendation)
            }
        }
        throw TaskFailure(
            message: "the healing of \(server.name) ended without a result",
            recommendation: "Send the query again: Cortex looks at the cluster as it is.")
    }
}

extension ToolFailure {
    var answerKind: ServiceAnswer.Kind {
        switch kind {
        case .connectionRefused: .connectionRefused
        case .nameNotFound: .nameNotFound
        case .timeout: .timeout
        case .unreachable: .unreachable
        case .connectionReset: .connectionReset
        case .serverError, .internalError: .serverError
        case .protocolError: .protocolError
        // Not outages, so never healed.
        case .unauthorized, .rejected, .unknownTool, .cancelled, .forbidden: .protocolError
        }
    }
}
