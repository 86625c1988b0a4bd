using NhiGrains.Platforms.Kubernetes.Compiling;

namespace NhiGrains.Platforms.Kubernetes.Probing;

/// <summary>One access review, and the answer that is expected.</summary>
/// <param name="Namespace">Null for the cluster.</param>
internal sealed record Question(string? Namespace, Access Access, bool Expected, string Why)
{
    public override string ToString() =>
        $"{Access} {(Namespace is null ? "in the cluster" : $"in {Namespace}")} ({Why})";
}
