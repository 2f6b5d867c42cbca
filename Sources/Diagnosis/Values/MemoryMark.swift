public import Kubernetes

/// How Cortex remembers, on the workload itself, that it has raised a memory limit: a restart does not forget it, and
/// whoever looks at the object sees it. Taking the raise back writes it the other way round.
public struct MemoryMark: Hashable, Sendable {
    public static let annotation = "cortex.io/memory-raised"
    private static let arrow = " → "

    /// Amounts as the pod template has them, such as `48Mi`.
    public var from: String
    public var to: String

    public init(from: String, to: String) {
        self.from = from
        self.to = to
    }

    /// What Cortex wrote on the workload; nil where it wrote nothing, or where somebody else's words are there.
    public init?(_ metadata: ObjectMeta?) {
        guard let text = metadata?.annotations?[Self.annotation], let arrow = text.firstRange(of: Self.arrow) else {
            return nil
        }
        self.init(from: String(text[..<arrow.lowerBound]), to: String(text[arrow.upperBound...]))
        guard Quantity(from) != nil, Quantity(to) != nil else { return nil }
    }

    public var text: String { from + Self.arrow + to }

    /// It tells of a raise that was taken back.
    var isTakeBack: Bool {
        guard let from = Quantity(from), let to = Quantity(to) else { return false }
        return to < from
    }

    /// The raise was taken back, and the limit is what it was before: nobody but Cortex has cut it.
    func isTakenBack(at limit: String?) -> Bool {
        guard let to = Quantity(to), let limit = limit.flatMap({ Quantity($0) }) else { return false }
        return isTakeBack && to == limit
    }
}
