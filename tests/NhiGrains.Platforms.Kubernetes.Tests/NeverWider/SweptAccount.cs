using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Kubernetes.Compiling;
using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Tests.NeverWider;

/// <summary>An account with its entitlements and what they were compiled to.</summary>
/// <param name="Given">Those of the entitlements that are not refused.</param>
internal sealed record SweptAccount(
    string IdentityId, ServiceAccountName Name, IReadOnlyList<Entitlement> Entitlements, IReadOnlyList<Entitlement> Given, IReadOnlyList<NativeObject> Objects)
{
    private static readonly Capabilities Kubernetes = new(false, TimeSpan.FromSeconds(60), true, true, TimeSpan.FromSeconds(600), TimeSpan.FromSeconds(15));

    /// <summary>Of each entitlement by itself.</summary>
    public IReadOnlyList<string> Fidelities { get; private init; } = [];

    public static SweptAccount Make(string identityId, ServiceAccountName name, IEnumerable<DesiredEntitlement> entitlements)
    {
        Translation Compile(params DesiredEntitlement[] some) =>
            Compiler.Compile(new(identityId, new("k8s:test", name.ToString()), some, ControllerEndAllowed: true), "k8s:test", Kubernetes);
        var asked = entitlements.Select(one => (Asked: one, Compile(one).Fidelity)).ToArray();
        var given = asked.Where(one => one.Fidelity is not Fidelity.Refused).Select(one => one.Asked).ToArray();
        return new(identityId, name, [.. asked.Select(one => one.Asked.Entitlement)], [.. given.Select(one => one.Entitlement)], Compile(given).Objects)
        {
            Fidelities = [.. asked.Select(one => one.Fidelity.GetType().Name)],
        };
    }
}

/// <summary>What the server answered otherwise than was asked for.</summary>
internal sealed record WrongAnswer(SweptAccount Account, Request Request, bool Allowed)
{
    public override string ToString()
    {
        var asked = Account.Entitlements.Select(one => $"{string.Join(' ', one.Verbs)} {string.Join(' ', one.NativeActions ?? [])} of {string.Join(", ", one.Resources)}");
        var written = Account.Objects.Select(one => $"{one.Kind} {one.Key} {one.Body}");
        return $"{Account.Name} was {(Allowed ? "allowed" : "refused")} {Request}; asked for:\n  {string.Join("\n  ", asked)}\nwritten:\n  {string.Join("\n  ", written)}";
    }
}
