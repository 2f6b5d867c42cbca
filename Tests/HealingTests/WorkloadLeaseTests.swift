import Diagnosis
import FoundationEssentials
import JSON
import Kubernetes
import Testing

@testable import Healing

@Suite("Leases of workloads under repair")
struct WorkloadLeaseTests {
    private static let now = Scene.start

    private static func lease(
        of holder: String?, seconds: Int? = 15, renewed ago: Double = 1
    ) throws -> Lease {
        var spec: JSONValue = ["leaseTransitions": 2]
        spec["holderIdentity"] = holder.map { .string($0) }
        spec["leaseDurationSeconds"] = seconds.map { .integer(Int64($0)) }
        spec["renewTime"] = .string(RFC3339.microTime(from: now.addingTimeInterval(-ago)))
        let value: JSONValue = ["metadata": ["name": "deployment.shop.web", "resourceVersion": "7"], "spec": spec]
        return try JSONCoding.decode(Lease.self, from: JSONCoding.encode(value))
    }

    private static func step(_ lease: Lease?, unchangedFor seconds: Double = 0) -> WorkloadLease.Step {
        WorkloadLease.step(
            lease, unchangedSince: now.addingTimeInterval(-seconds), identity: "me", now: now)
    }

    @Test("nobody's lease is taken, one's own is renewed, another's is waited for")
    func steps() throws {
        #expect(Self.step(nil) == .create)
        #expect(Self.step(try Self.lease(of: nil)) == .takeOver)
        #expect(Self.step(try Self.lease(of: "")) == .takeOver)
        #expect(Self.step(try Self.lease(of: "me", renewed: 300)) == .renew)
        #expect(Self.step(try Self.lease(of: "other")) == .wait(holder: "other"))
    }

    @Test("a holder that does not renew it for as long as it lasts, by this clock, has lost it")
    func expired() throws {
        #expect(Self.step(try Self.lease(of: "other"), unchangedFor: 14.9) == .wait(holder: "other"))
        #expect(Self.step(try Self.lease(of: "other"), unchangedFor: 15) == .takeOver)
        // A longer one, as another version may write it.
        #expect(Self.step(try Self.lease(of: "other", seconds: 40), unchangedFor: 15) == .wait(holder: "other"))
        #expect(Self.step(try Self.lease(of: "other", seconds: nil), unchangedFor: 15) == .takeOver)
    }

    @Test("the holder's own times count for nothing: its clock may be another one, ahead or behind")
    func clocks() throws {
        for ago in [-3600.0, 30, 61, 86400] {
            #expect(Self.step(try Self.lease(of: "other", renewed: ago)) == .wait(holder: "other"))
        }
    }

    @Test("a lease that would last for ever is believed for a minute")
    func longest() throws {
        let forever = try Self.lease(of: "other", seconds: .max)
        #expect(Self.step(forever, unchangedFor: 59) == .wait(holder: "other"))
        #expect(Self.step(forever, unchangedFor: 60) == .takeOver)
    }

    @Test("what is written says who holds it, and from when; a renewal changes no more than its time")
    func specs() throws {
        let made = WorkloadLease.spec(after: nil, .create, identity: "me", now: Self.now)
        #expect(made["holderIdentity"]?.stringValue == "me")
        #expect(made["leaseDurationSeconds"]?.intValue == 15)
        #expect(made["leaseTransitions"]?.intValue == 0)
        #expect(made["acquireTime"] == made["renewTime"])
        // The API reads no MicroTime without its six digits.
        #expect(made["renewTime"]?.stringValue?.hasSuffix(".000000Z") == true)
        let taken = WorkloadLease.spec(
            after: try Self.lease(of: "other"), .takeOver, identity: "me", now: Self.now)
        #expect(taken["leaseTransitions"]?.intValue == 3)
        let renewed = WorkloadLease.spec(after: try Self.lease(of: "me"), .renew, identity: "me", now: Self.now)
        #expect(renewed["leaseTransitions"] == nil)
        #expect(renewed["acquireTime"] == nil)
    }

    @Test("a lease is named after its workload, in what a name may be")
    func names() {
        let web = WorkloadReference(kind: .statefulSet, namespace: "shop", name: "web.v2")
        #expect(WorkloadLease.name(of: web) == "statefulset.shop.web.v2")
        let long = WorkloadReference(
            kind: .deployment, namespace: "shop", name: String(repeating: "a", count: 236) + "-b")
        #expect(WorkloadLease.name(of: long) == "deployment.shop." + String(repeating: "a", count: 236))
    }
}
