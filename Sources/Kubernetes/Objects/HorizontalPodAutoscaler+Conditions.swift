import FoundationEssentials
import JSON

extension HorizontalPodAutoscaler {
    /// The conditions, which version v1 of the API carries as an annotation.
    /// Source: k8s.io/api/autoscaling/v1, `autoscaling.alpha.kubernetes.io/conditions`.
    public var conditions: [Condition] {
        guard let text = metadata.annotations?["autoscaling.alpha.kubernetes.io/conditions"],
            let list = try? JSONCoding.decode([Condition].self, from: Data(text.utf8))  // not JSON: it says nothing
        else { return [] }
        return list
    }

    /// The condition of this type, if it is there.
    public func condition(_ type: String) -> Condition? { conditions.first { $0.type == type } }
}
