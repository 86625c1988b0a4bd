using GraphQL;
using GraphQL.Types;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Domain;
using NhiGrains.GraphQL.Access;
using NhiGrains.GraphQL.Drift;
using NhiGrains.GraphQL.Loading;
using NhiGrains.GraphQL.Types;

namespace NhiGrains.GraphQL.Platforms;

internal static class PlatformQueries
{
    public static void AddTo(ObjectGraphType root) => root
        .Field("platforms", Of.Many<PlatformType>())
        .Description("The platforms under control.")
        .For(Role.Anyone)
        .ResolveAsync(async context => await Task.WhenAll(context.Service<IPlatformNames>().Platforms.Select(context.Loaders().Platforms.GetAsync)));

    /// <summary>Whatever a client names is not yet a platform.</summary>
    public static Refusal? CheckKnown(IResolveFieldContext context, string platform) =>
        context.Service<IPlatformNames>().Platforms.Contains(platform, StringComparer.Ordinal)
            ? null
            : new("UNKNOWN_PLATFORM", "There is no such platform.", "Use one of the ids that the query 'platforms' lists.", "platform");
}

internal sealed class PlatformHealthType() : DescribedEnum<PlatformHealth>("PlatformHealth", "Whether a platform answers.",
    (PlatformHealth.Unknown, "Not tried yet."),
    (PlatformHealth.Reachable, "It answered last time."),
    (PlatformHealth.Unreachable, "It did not answer last time."));

internal sealed class PlatformType : Described<PlatformView>
{
    public PlatformType()
        : base("Platform", "One account, cluster, project or database under control.")
    {
        Interface<NodeType>();
        Show("id", Of.Id, "The global id.", view => NodeIds.Of("Platform", view.Platform));
        Show("platform", Of.Text, "The platform's id, for example 'k8s:staging'.", view => view.Platform);
        Show("health", Of.One<PlatformHealthType>(), "Whether it answers.", view => view.Health);
        Show("message", Of.Text, "What happened last, for people.", view => view.Message);
        Show("lastContact", Of.Maybe<InstantType>(), "When it last answered.", view => view.LastContact);
        Show("lastSweep", Of.Maybe<InstantType>(), "When it was last read as a whole: when that was finished.", view => view.LastSweep);
        Show("lastSweepStarted", Of.Maybe<InstantType>(), "When the reading began that was finished at 'lastSweep': what changed after it may not be in it.", view => view.LastSweepStarted);
        Show("sweepingSince", Of.Maybe<InstantType>(), "Since when it is being read as a whole; null when it is not.", view => view.SweptSince);
        Show("principals", Of.Int, "Principals seen at the last sweep.", view => view.Principals);
        Show("differences", Of.Int, "Identities whose platform had drifted at the last sweep: new ones, and those known before.", view => view.Differences);
        Show("woken", Of.Int, "Identities that the last sweep asked to look, since what it saw was not what they saw last.", view => view.Woken);
        Show("sweepCalls", Of.Maybe<WholeNumberType>(), "Calls to the platform, or statements, during the last sweep, from the process that swept it and for whatever reason.", view => view.Calls);
        Show("sweepPages", Of.Int, "Pages of the platform's own lists that the last sweep read.", view => view.Pages);
        Show("sweepInterruptions", Of.Int, "How often the last sweep was stopped by a fault or a restart, and went on behind what it had looked at.", view => view.Interruptions);
        Show("sweepSeconds", Of.Maybe<FloatGraphType>(), "How long the last sweep took, in seconds, its interruptions included.", view => (view.LastSweep - view.LastSweepStarted)?.TotalSeconds);
        Show("unmanaged", Of.Many<UnmanagedPrincipalType>(), "Principals with access that no identity is bound to, without those that are the platform's own and as they were at first. The first 1,000: 'unmanagedTotal' says how many there are.", view => view.Unmanaged);
        Show("unmanagedTotal", Of.Int, "How many principals with access no identity is bound to: when there are more than 'unmanaged' lists, that list is cut. Each was told of in the audit.", view => view.Unmanaged.Count + view.Unlisted);
    }
}

internal sealed class UnmanagedPrincipalType : Described<UnmanagedPrincipal>
{
    public UnmanagedPrincipalType()
        : base("UnmanagedPrincipal", "A principal that has access of its own and that no identity is bound to.")
    {
        Show("principal", Of.Text, "The platform's name of it.", unmanaged => unmanaged.Principal);
        Show("digest", Of.Text, "Of what gives it access, so that a change shows.", unmanaged => unmanaged.Digest);
        Show("objects", Of.Many<ObservedObjectType>(), "What gives it access.", unmanaged => unmanaged.Objects);
        Show("detectedAt", Of.Time, "When it was first seen.", unmanaged => unmanaged.DetectedAt);
        Show("watchedOnly", Of.Bool, "Whether somebody has said that it is known as it is; it is then no drift until it changes.", unmanaged => unmanaged.WatchedOnly is not null);
        Show("watchedBy", Of.Maybe<StringGraphType>(), "Who said so.", unmanaged => unmanaged.WatchedOnly?.Actor);
        Show("watchReason", Of.Maybe<StringGraphType>(), "Why.", unmanaged => unmanaged.WatchedOnly?.Reason);
    }
}
