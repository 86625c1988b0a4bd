namespace NhiGrains.Platforms.Gcp.Tests.Compiling;

internal static class Some
{
    public static GcpPlatformOptions Options { get; } = new()
    {
        Platform = GcpTarget.PlatformId,
        ProjectId = GcpTarget.Project,
        ProjectNumber = "123456789012",
        RunRegions = [GcpTarget.Region],
    };

    public static Domain.Identities.Binding Binding { get; } = new(GcpTarget.PlatformId, GcpTarget.EmailOf("billing-app"));
}
