using System.Collections.Immutable;
using NhiGrains.Sandbox.Aws.Policies;

namespace NhiGrains.Sandbox.Aws.Authorization;

/// <summary>A policy, and what it is called where it stands.</summary>
internal sealed record NamedPolicy(string Name, PolicyDocument Document);

/// <summary>All that decides on what a principal may do in its own account.</summary>
/// <param name="Identity">Its own policies and its groups'.</param>
/// <param name="Boundary">The most that <paramref name="Identity"/> can give; null: no boundary.</param>
/// <param name="Session">The most that this session gets of it; null: no session policy.</param>
internal sealed record PolicySources(ImmutableArray<NamedPolicy> Identity, NamedPolicy? Boundary = null, NamedPolicy? Session = null);
