import FoundationEssentials
import JSON

extension HorizontalPodAutoscaler {
    /// How many times its target the metric is that exceeds its own the most; nil where none can be compared.
    ///
    /// Version v1 of the API has the CPU among its fields and all other metrics in annotations.
    /// Source: k8s.io/api/autoscaling/v1, `autoscaling.alpha.kubernetes.io/metrics` and `…/current-metrics`.
    public var load: Double? {
        var loads: [Double] = []
        if let target = spec.targetCPUUtilizationPercentage, target > 0,
            let current = status?.currentCPUUtilizationPercentage
        {
            loads.append(Double(current) / Double(target))
        }
        let targets = metrics("metrics")
        for current in metrics("current-metrics") {
            guard let target = targets.first(where: { $0.name == current.name }) else { continue }
            loads += Self.pairs.compactMap { pair in
                guard let value = Self.number(current.fields[pair.current]),
                    let goal = Self.number(target.fields[pair.target]), goal > 0
                else { return nil }
                return value / goal
            }
        }
        return loads.max()
    }

    private struct Metric {
        /// `Resource/memory`, `Pods/requests_per_second`.
        var name: String
        var fields: [String: JSONValue]
    }

    private static let pairs = [
        (current: "currentAverageUtilization", target: "targetAverageUtilization"),
        (current: "currentAverageValue", target: "targetAverageValue"),
        (current: "currentValue", target: "targetValue"),
    ]

    private func metrics(_ annotation: String) -> [Metric] {
        guard let text = metadata.annotations?["autoscaling.alpha.kubernetes.io/\(annotation)"],
            let list = try? JSONCoding.decode([JSONValue].self, from: Data(text.utf8))  // not JSON: it says nothing
        else { return [] }
        return list.compactMap { metric in
            guard let type = metric["type"]?.stringValue, let first = type.first,
                let fields = metric[first.lowercased() + type.dropFirst()]?.objectValue
            else { return nil }
            let name = fields["name"]?.stringValue ?? fields["metricName"]?.stringValue ?? ""
            return Metric(name: "\(type)/\(fields["container"]?.stringValue ?? "")/\(name)", fields: fields)
        }
    }

    private static func number(_ value: JSONValue?) -> Double? {
        value?.intValue.map { Double($0) } ?? value?.stringValue.flatMap { Quantity($0)?.value }
    }
}
