namespace NhiGrains.Host.Webhooks;

/// <summary>The headers of the Standard Webhooks specification, coming in and going out.</summary>
internal static class WebhookHeaders
{
    public const string Id = "webhook-id";
    public const string Timestamp = "webhook-timestamp";
    public const string Signature = "webhook-signature";
}
