"""The mechanism of Tenon: databases, models, addons, services and HTTP. It knows no business."""
