import Incidents
import Synchronization

/// Heals as the test says, and counts how often it was asked.
final class FakeHealing: ServiceHealing {
    enum Ending {
        case healed, failed, silent
    }

    private let outages = Mutex<[Outage]>([])
    private let ending: Ending
    private let onHealed: @Sendable (String) -> Void

    init(_ ending: Ending = .healed, onHealed: @escaping @Sendable (String) -> Void = { _ in }) {
        self.ending = ending
        self.onHealed = onHealed
    }

    var healed: [Outage] { outages.withLock { $0 } }

    func heal(_ outage: Outage) -> AsyncStream<HealingEvent> {
        outages.withLock { $0.append(outage) }
        return AsyncStream { continuation in
            let service = outage.service
            continuation.yield(.started(service: service, issue: "it is scaled to zero"))
            continuation.yield(.progress(service: service, message: "scaling to 2"))
            switch ending {
            case .healed:
                onHealed(service)
                continuation.yield(.completed(service: service, message: "Scaled to 2"))
            case .failed:
                continuation.yield(
                    .failed(service: service, message: "the image is not there", recommendation: "push the image"))
            case .silent: break
            }
            continuation.finish()
        }
    }

    func advise(_ outage: Outage) async -> String { "Cortex would scale \(outage.service) to 2." }
}
