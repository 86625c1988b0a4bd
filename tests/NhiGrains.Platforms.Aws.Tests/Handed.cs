using System.Text.Json;

namespace NhiGrains.Platforms.Aws.Tests;

/// <summary>What a workload makes of a credential that it was handed: the SDKs' <c>credential_process</c>.</summary>
internal static class Handed
{
    public static AwsAccessKey Key(string credential)
    {
        using var json = JsonDocument.Parse(credential);
        Assert.Equal(1, json.RootElement.GetProperty("Version").GetInt32());
        string? Text(string name) => json.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
        return new(Text("AccessKeyId") ?? "", Text("SecretAccessKey") ?? "", Text("SessionToken"));
    }
}
