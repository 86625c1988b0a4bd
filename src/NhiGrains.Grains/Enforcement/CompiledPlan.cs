using NhiGrains.Contracts.Identities;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

/// <summary>
/// What can be said of a desired state on its platform. An entitlement that has become impossible must not hold up the end of
/// another one, so it is left out, and its refusal is told.
/// </summary>
internal sealed record CompiledPlan(DesiredState Desired, Translation Translation, IReadOnlyList<Refusal> Refusals)
{
    public IReadOnlyList<NativeObject> Objects => Translation.Objects;

    public static CompiledPlan Of(IPlatformConnector connector, EnforcementOrder order)
    {
        var desired = order.Desired;
        var whole = Compile(connector, order, desired.Entitlements);
        if (whole.Fidelity is not Fidelity.Refused refused)
            return new(desired, whole, []);

        var alone = desired.Entitlements.Select(entitlement => (Entitlement: entitlement, Result: Compile(connector, order, [entitlement]))).ToArray();
        DesiredEntitlement[] possible = [.. alone.Where(one => one.Result.Fidelity is not Fidelity.Refused).Select(one => one.Entitlement)];
        var rest = Compile(connector, order, possible);
        Refusal[] refusals = [.. alone.Select(one => one.Result.Fidelity).OfType<Fidelity.Refused>().Select(one => one.Why)];
        return rest.Fidelity is Fidelity.Refused
            ? new(desired with { Entitlements = [] }, Compile(connector, order, []), [refused.Why])
            : new(desired with { Entitlements = possible }, rest, refusals);
    }

    private static Translation Compile(IPlatformConnector connector, EnforcementOrder order, IReadOnlyList<DesiredEntitlement> entitlements) =>
        connector.Compile(new(order.Desired.IdentityId, order.Desired.Binding, entitlements, order.ControllerEndAllowed));
}
